import { generateKeyPair, SignJWT } from 'jose';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ExampleServer } from '../support/examples.js';
import { freePort } from '../support/free-port.js';
import { IssuerFront } from '../support/issuer-front.js';
import { grace } from '../support/people.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { currentKeyIn, signAsService } from '../support/signing-key.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';
const FEED = ['/revocations', '/revocations/stream'];
const nowPlus = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe.each(['flask_resource_server', 'fastapi_resource_server'])(
  '%s that follows revocations',
  (module) => {
    let folder: string;
    let variables: Record<string, string>;
    let service: ServiceProcess;
    let front: IssuerFront;
    let server: ExampleServer;

    beforeAll(async () => {
      folder = newFolder();
      const PORT = String(await freePort());
      variables = { PORT, JWT_ISSUER: `http://127.0.0.1:${PORT}`, REVOCATIONS_TOKEN };
      service = await ServiceProcess.start(folder, variables);
      await runCommand(folder, ['user', 'create', grace.username, '--role', 'admin'], grace.password);
      front = await IssuerFront.start(service.url);
    });
    beforeEach(async () => {
      server = await ExampleServer.start(module, {
        REVOCATIONS_TOKEN,
        JWT_ISSUER: service.url,
        REVOCATIONS_URL: `${front.url}/revocations`,
      });
    });
    afterEach(async () => {
      await server.stop();
      FEED.forEach((path) => {
        front.handOn(path);
      });
    });
    afterAll(async () => {
      await front.stop();
      await service.stop();
      rmSync(folder, { recursive: true });
    });

    const signIn = async () => (await service.api.signIn(grace)).access_token;
    const signOut = (token: string) => service.api.post('/logout', undefined, token).expect(204);
    const ask = (token: string) => server.api.get('/reports', token);
    const untilRefused = (token: string) => until(async () => (await ask(token)).status === 401);

    it('refuses what was revoked before it was started, or is while it runs, in the words of any bad token', async () => {
      const [before, meanwhile, kept] = [await signIn(), await signIn(), await signIn()];
      await signOut(before);
      const { headers, body } = await ask(before).expect(401);
      expect(headers['www-authenticate']).toBe(
        'Bearer realm="reports", error="invalid_token", error_description="The access token is not valid"',
      );
      expect(body).toEqual({ error: 'invalid_token', message: 'The access token is not valid' });
      await ask(meanwhile).expect(200);
      await signOut(meanwhile);
      await untilRefused(meanwhile);
      await ask(kept).expect(200);
    });

    it('goes on where it was when the stream is cut, and when Gatehouse was killed', async () => {
      const [first, second, kept] = [await signIn(), await signIn(), await signIn()];
      await ask(kept).expect(200);
      front.goAway();
      await signOut(first);
      await ask(first).expect(200);
      front.comeBack();
      await untilRefused(first);

      await service.kill();
      await ask(kept).expect(200);
      service = await ServiceProcess.start(folder, variables);
      await signOut(second);
      await untilRefused(second);
      await ask(first).expect(401);
      await ask(kept).expect(200);
    });

    it('asks nothing of Gatehouse for a request', async () => {
      const token = await signIn();
      await ask(token).expect(200);
      await until(() => front.counts.has('/revocations/stream'));
      const before = front.count;
      for (let n = 0; n < 50; n++) await ask(token).expect(200);
      expect(front.count - before).toBeLessThanOrEqual(2);
    });

    it('takes a stream for dead that brings no page, whatever else it brings', async () => {
      const [kept, token] = [await signIn(), await signIn()];
      let isOpen = false;
      front.replace('/revocations/stream', (_, response) => {
        isOpen = true;
        const drops = setInterval(() => response.write(':'), 500);
        response.on('close', () => {
          clearInterval(drops);
        });
      });
      await ask(kept).expect(200);
      await until(() => isOpen);
      await signOut(token);
      await until(async () => (await ask(token)).status === 401, 25_000);
    });

    it('waits for the feed when it starts, not again with each request, and writes of it once', async () => {
      const token = await signIn();
      FEED.forEach((path) => {
        front.replace(path, (_, response) => response.writeHead(503).end());
      });
      await ask(token).expect(503);
      const before = front.count;
      for (let n = 0; n < 10; n++) await ask(token).expect(503);
      // It is tried each second: whoever waits sees it tried.
      expect(front.count - before).toBeLessThan(30);
      const warnings = server.output.split('\n').filter((line) => line.includes(' of revocations fails: '));
      expect(warnings.map((line) => line.replace(/^.*The /, ''))).toEqual([
        'poll of revocations fails: HTTP Error 503: Service Unavailable',
        'stream of revocations fails: HTTP Error 503: Service Unavailable',
      ]);
    });

    it('refuses what has expired by the clock of Gatehouse, which tells of it no more', async () => {
      const key = currentKeyIn(join(folder, 'data'));
      const page = await signAsService(
        key,
        {
          iss: service.url,
          aud: `${service.url}/revocations`,
          iat: nowPlus(4),
          exp: nowPlus(64),
          since: null,
          cursor: null,
          more: false,
          revoked: [],
        },
        { typ: 'revocations+jwt' },
      );
      front.replace('/revocations', (_, response) => response.end(page));
      const claims = claimsOf(await signIn());
      await ask(await signAsService(key, { ...claims, exp: nowPlus(60) })).expect(200);
      await ask(await signAsService(key, { ...claims, exp: nowPlus(3) })).expect(401);
    });

    it('believes no page but one that Gatehouse has signed as such, and lets nobody in before it has one', async () => {
      const token = await signIn();
      const key = currentKeyIn(join(folder, 'data'));
      const page = {
        iss: service.url,
        aud: `${service.url}/revocations`,
        iat: nowPlus(0),
        exp: nowPlus(60),
        since: null,
        cursor: null,
        more: false,
        revoked: [],
      };
      const typ = 'revocations+jwt';
      const { privateKey } = await generateKeyPair('ES256');
      const forged = [
        await new SignJWT(page).setProtectedHeader({ alg: 'ES256', kid: key.kid, typ }).sign(privateKey),
        await signAsService(key, page),
        await signAsService(key, { ...page, aud: 'gatehouse' }, { typ }),
        await signAsService(key, { ...page, exp: nowPlus(-6) }, { typ }),
        await signAsService(key, { ...page, since: 'MTIz' }, { typ }),
        token,
      ];
      let sent = 0;
      for (const path of FEED)
        front.replace(path, (_, response) => {
          const answer = forged[sent++ % forged.length]!;
          response.end(path.endsWith('stream') ? `data: ${answer}\n\n` : answer);
        });
      const { headers } = await ask(token).expect(503);
      expect(headers['retry-after']).toBe('5');
      await until(() => sent > forged.length * 2);
      await ask(token).expect(503);
      FEED.forEach((path) => {
        front.handOn(path);
      });
      await until(async () => (await ask(token)).status === 200);
    });
  },
);
