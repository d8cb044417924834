import { generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { ResourceServerOptions } from '../../src/resource-server/resource-server-options.js';
import { freePort } from '../support/free-port.js';
import { IssuerFront } from '../support/issuer-front.js';
import { ada } from '../support/people.js';
import { ResourceServerApp } from '../support/resource-server-app.js';
import { ServiceProcess } from '../support/service-process.js';
import { currentKeyIn, signAsService } from '../support/signing-key.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';
const FEED = '/revocations';
const STREAM = '/revocations/stream';

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const unavailable = (response: ServerResponse) => response.writeHead(503).end();

describe('a resource server that follows revocations', () => {
  let folder: string;
  let variables: Record<string, string>;
  let service: ServiceProcess;
  let front: IssuerFront;
  let server: ResourceServerApp;
  let options: ResourceServerOptions;

  beforeAll(async () => {
    folder = newFolder();
    const PORT = String(await freePort());
    variables = { PORT, JWT_ISSUER: `http://127.0.0.1:${PORT}`, REVOCATIONS_TOKEN };
    service = await ServiceProcess.start(folder, variables);
    await service.api.register(ada).expect(201);
  });
  beforeEach(async () => {
    front = await IssuerFront.start(service.url);
    options = {
      issuer: service.url,
      audience: 'gatehouse',
      revocationsToken: REVOCATIONS_TOKEN,
      jwksUrl: `${front.url}/.well-known/jwks.json`,
      revocationsUrl: `${front.url}${FEED}`,
    };
    server = await ResourceServerApp.start(options);
  });
  afterEach(async () => {
    await server.stop();
    await front.stop();
  });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const signIn = async () => (await service.api.signIn(ada)).access_token;
  const signOut = (token: string) => service.api.post('/logout', undefined, token).expect(204);
  const ask = async (token: string) => {
    const { status, headers, body } = await server.api.get('/reports', token);
    return { status, error: (body as { error?: string }).error, retryAfter: headers['retry-after'] };
  };
  const untilRevoked = (token: string) => until(async () => (await ask(token)).error === 'token_revoked');
  const restartServer = async (changes: Partial<ResourceServerOptions> = {}) => {
    await server.stop();
    server = await ResourceServerApp.start({ ...options, ...changes });
  };
  const untilStreaming = () => until(() => (front.counts.get(STREAM) ?? 0) > 0);

  it('knows from its start on what was revoked before, also after it was started again', async () => {
    const token = await signIn();
    await signOut(token);
    await restartServer();
    expect(await ask(token)).toMatchObject({ status: 401, error: 'token_revoked' });
    expect(server.mirror.ageMs).toBeLessThan(10_000);
    expect(server.mirror.size).toBeGreaterThan(0);
  });

  it('lets nobody in by a revoked token that has expired, which the issuer tells of no more', async () => {
    const exp = inSeconds(2);
    const claims = { ...claimsOf(await signIn()), jti: randomUUID(), exp };
    const token = await signAsService(currentKeyIn(join(folder, 'data')), claims);
    await service.api.delete('/access-revoke', token).expect(200);
    await until(() => inSeconds(0) >= exp);
    await restartServer();
    expect(await ask(token)).toMatchObject({ status: 401 });
  });

  it('goes on where it was after the stream was cut, and misses nothing', async () => {
    const tokens = [];
    for (let n = 0; n < 5; n++) {
      const [before, meanwhile] = [await signIn(), await signIn()];
      await signOut(before);
      await untilRevoked(before);
      front.goAway();
      await signOut(meanwhile);
      front.comeBack();
      await untilRevoked(meanwhile);
      tokens.push(before, meanwhile);
    }
    for (const token of tokens) expect((await ask(token)).error).toBe('token_revoked');
    expect((await ask(await signIn())).status).toBe(200);
  });

  it('goes on after the issuer was killed and started again', async () => {
    const [first, second, kept] = [await signIn(), await signIn(), await signIn()];
    await signOut(first);
    await service.kill();
    expect((await ask(kept)).status).toBe(200);
    service = await ServiceProcess.start(folder, variables);
    await signOut(second);
    for (const token of [first, second]) await untilRevoked(token);
    expect((await ask(kept)).status).toBe(200);
  });

  it('is told by polling where no stream gets through, or one that is silent', async () => {
    front.replace(STREAM, (_, response) => unavailable(response));
    await restartServer();
    const token = await signIn();
    await signOut(token);
    await untilRevoked(token);

    front.replace(STREAM, (_, response) => void response.writeHead(200).write(': held back\n\n'));
    await restartServer();
    const another = await signIn();
    await signOut(another);
    await until(async () => (await ask(another)).error === 'token_revoked', 25_000);
  });

  it('goes on after whatever stands before the issuer has answered in another protocol', async () => {
    const token = await signIn();
    for (const path of [FEED, STREAM])
      front.replace(path, ({ socket }) => {
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
      });
    front.cut();
    await until(() => (front.counts.get(FEED) ?? 0) > 1);
    for (const path of [FEED, STREAM]) front.handOn(path);
    await signOut(token);
    await untilRevoked(token);
  });

  it('starts again from the beginning where the issuer does not know its cursor', async () => {
    const [before, after] = [await signIn(), await signIn()];
    await signOut(before);
    await untilRevoked(before);
    const refuse = (response: ServerResponse) =>
      response.writeHead(400, { 'Content-Type': 'application/json' }).end('{"error":"validation_failed"}');
    let refusals = 0;
    for (const path of [FEED, STREAM])
      front.replace(path, ({ url }, response) => {
        if (!url?.includes('since=')) front.handOn(path);
        refusals++;
        refuse(response);
      });
    front.cut();
    await until(() => refusals > 1);
    for (const path of [FEED, STREAM]) front.handOn(path);
    await signOut(after);
    await untilRevoked(after);
    expect((await ask(before)).error).toBe('token_revoked');
  });

  describe('believes no page but one that the issuer has signed as such:', () => {
    const page = () => ({
      iss: service.url,
      aud: `${service.url}/revocations`,
      iat: inSeconds(0),
      exp: inSeconds(60),
      since: server.mirror.cursor,
      cursor: server.mirror.cursor,
      more: false,
      revoked: [],
    });
    const asPage = { typ: 'revocations+jwt' };
    const key = () => currentKeyIn(join(folder, 'data'));

    /** Puts a page in the place of the issuer's. @returns when it was first sent, once it was sent several times */
    const answerWith = async (forged: string) => {
      const sent: number[] = [];
      front.replace(FEED, (_, response) => {
        sent.push(performance.now());
        response.writeHead(200, { 'Content-Type': 'application/jwt' }).end(forged);
      });
      front.replace(STREAM, (_, response) => {
        sent.push(performance.now());
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`data: ${forged}\n\n`);
      });
      front.cut();
      await until(() => sent.length >= 4);
      return sent[0]!;
    };

    it.each<[string, () => Promise<string>]>([
      [
        'one that another has signed',
        async () => {
          const { privateKey } = await generateKeyPair('ES256');
          return new SignJWT(page())
            .setProtectedHeader({ alg: 'ES256', kid: key().kid, ...asPage })
            .sign(privateKey);
        },
      ],
      ['one with another typ', () => signAsService(key(), page(), { typ: 'at+jwt' })],
      ['an access token', () => signIn()],
      ['one for another audience', () => signAsService(key(), { ...page(), aud: 'gatehouse' }, asPage)],
      ['one of another issuer', () => signAsService(key(), { ...page(), iss: 'http://elsewhere' }, asPage)],
      ['one that is too old', () => signAsService(key(), { ...page(), exp: inSeconds(-6) }, asPage)],
      ['one from the future', () => signAsService(key(), { ...page(), iat: inSeconds(30) }, asPage)],
      ['one without an expiry', () => signAsService(key(), { ...page(), exp: undefined }, asPage)],
      ['one after another cursor', () => signAsService(key(), { ...page(), since: 'MTIz' }, asPage)],
      ['one that names nothing', () => signAsService(key(), { ...page(), revoked: [{}] }, asPage)],
      ['no JWT', () => Promise.resolve('{"revoked":[]}')],
    ])('not %s', async (_, forge) => {
      const token = await signIn();
      const { cursor } = server.mirror;
      const since = await answerWith(await forge());
      expect(server.mirror.cursor).toBe(cursor);
      expect(server.mirror.ageMs).toBeGreaterThanOrEqual(performance.now() - since);
      expect((await ask(token)).status).toBe(200);

      await signOut(token);
      for (const path of [FEED, STREAM]) front.handOn(path);
      await untilRevoked(token);
    });

    it('so that the refusals above mean something, one that is', async () => {
      const token = await signIn();
      server.clock.shift(25);
      expect(server.mirror.ageMs).toBeGreaterThan(20_000);
      const revoked = [{ id: claimsOf(token)['sid'], exp: inSeconds(900) }];
      const fromNow = { ...page(), iat: inSeconds(25), revoked };
      await answerWith(await signAsService(key(), fromNow, asPage));
      expect(server.mirror.ageMs).toBeLessThan(20_000);
      expect((await ask(token)).error).toBe('token_revoked');
    });
  });

  describe('and has not heard of the issuer for longer than it may', () => {
    it('refuses every token by default, says when to come back, and lets in again once it has', async () => {
      const token = await signIn();
      await untilStreaming();
      front.goAway();
      expect((await ask(token)).status).toBe(200);
      server.clock.shift(31);
      expect(server.mirror.ageMs).toBeGreaterThan(30_000);
      expect(await ask(token)).toEqual({ status: 503, error: 'overloaded', retryAfter: '1' });
      await server.api.get('/open').expect(200);
      server.clock.shift(-31);
      front.comeBack();
      await until(async () => (await ask(token)).status === 200);
    });

    it('accepts what it does not know to be revoked, where it is told to', async () => {
      await restartServer({ onStale: 'accept' });
      const [revoked, meanwhile] = [await signIn(), await signIn()];
      await signOut(revoked);
      await untilRevoked(revoked);
      front.goAway();
      await signOut(meanwhile);
      server.clock.shift(31);
      expect((await ask(meanwhile)).status).toBe(200);
      expect((await ask(revoked)).error).toBe('token_revoked');
      server.clock.shift(-31);
      front.comeBack();
      await untilRevoked(meanwhile);
    });

    it('starts all the same, and lets nobody in before it knows what was revoked', async () => {
      const token = await signIn();
      for (const path of [FEED, STREAM]) front.replace(path, (_, response) => unavailable(response));
      await restartServer();
      expect(server.mirror.ageMs).toBe(Infinity);
      expect(await ask(token)).toMatchObject({ status: 503, retryAfter: '1' });
      for (const path of [FEED, STREAM]) front.handOn(path);
      await until(async () => (await ask(token)).status === 200);
    });
  });
});
