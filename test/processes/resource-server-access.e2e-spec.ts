import { generateKeyPair, SignJWT } from 'jose';
import { createPublicKey, randomUUID, type JsonWebKey } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { StoredKey } from '../../src/tokens/key-ring.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { freePort } from '../support/free-port.js';
import { IssuerFront } from '../support/issuer-front.js';
import { ada, grace } from '../support/people.js';
import { ResourceServerApp, type AdapterName } from '../support/resource-server-app.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { accessHeader, currentKeyIn, signAsService } from '../support/signing-key.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf, headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';
const JWKS = '/.well-known/jwks.json';
const nowPlus = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

let folder: string;
let service: ServiceProcess;
let pair: TokenPair;
let rsa: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  rsa = await generateKeyPair('RS256');
  folder = newFolder();
  const PORT = String(await freePort());
  service = await ServiceProcess.start(folder, {
    PORT,
    JWT_ISSUER: `http://127.0.0.1:${PORT}`,
    REVOCATIONS_TOKEN,
  });
  pair = await service.api.signUp(ada);
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

describe.each<AdapterName>(['fastify', 'express'])('a resource server on %s', (adapter) => {
  let front: IssuerFront;
  let server: ResourceServerApp;
  let key: StoredKey;

  beforeAll(async () => {
    key = currentKeyIn(join(folder, 'data'));
    front = await IssuerFront.start(service.url);
    server = await ResourceServerApp.start(optionsFor(front), adapter);
  });
  afterAll(async () => {
    await server.stop();
    await front.stop();
  });

  const optionsFor = ({ url }: Pick<IssuerFront, 'url'>) => ({
    issuer: service.url,
    audience: 'gatehouse',
    revocationsToken: REVOCATIONS_TOKEN,
    jwksUrl: `${url}${JWKS}`,
    revocationsUrl: `${url}/revocations`,
  });
  const signed = (claims: object, header?: object) =>
    signAsService(key, { ...claimsOf(pair.access_token), jti: randomUUID(), ...claims }, header);
  const ask = async (path: string, token?: string, { api } = server) => {
    const { status, headers, body } = await api.get(path, token);
    return { status, challenge: headers['www-authenticate'], body: body as unknown };
  };
  const refused = (error: string, message: string) => ({
    status: 401,
    challenge: `Bearer realm="gatehouse", error="invalid_token", error_description="${message}"`,
    body: { statusCode: 401, error, message },
  });
  const invalid = refused('token_invalid', 'The token is not valid here: sign in to get another');

  it('lets in by an access token, and knows who it is', async () => {
    const { sub, sid, jti, exp, auth_time } = claimsOf(pair.access_token);
    expect((await ask('/reports', pair.access_token)).body).toEqual({
      userId: sub,
      username: 'ada',
      roles: ['user'],
      sessionId: sid,
      tokenId: jti,
      expiresAt: new Date(exp! * 1000).toISOString(),
      authTime: new Date((auth_time as number) * 1000).toISOString(),
    });
    expect(await ask('/reports', await signed({}))).toMatchObject({ status: 200 });
  });

  it('asks who sends none for one, except where a route is open', async () => {
    expect(await ask('/reports')).toEqual({
      status: 401,
      challenge: 'Bearer realm="gatehouse"',
      body: expect.objectContaining({ statusCode: 401, error: 'token_missing' }),
    });
    const { status } = await server.api.get('/reports').set('Authorization', 'Basic YWRhOnNlY3JldA==');
    expect(status).toBe(401);
    expect(await ask('/open')).toMatchObject({ status: 200, body: { open: true } });
    expect(await ask('/open', 'no-token')).toMatchObject({ status: 200 });
  });

  it('keeps a handler that wants a role closed, though its class is public', async () => {
    expect(await ask('/lobby')).toMatchObject({ status: 200 });
    expect(await ask('/lobby/keys')).toMatchObject({ status: 401 });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['of another issuer', () => signed({ iss: 'http://elsewhere' })],
    ['for another audience', () => signed({ aud: 'elsewhere' })],
    ['with the typ of a refresh token', () => signed({}, { typ: 'rt+jwt' })],
    ['with the typ of any JWT', () => signed({}, { typ: 'JWT' })],
    ['with the typ of a page of the feed', () => signed({}, { typ: 'revocations+jwt' })],
    ['without a typ', () => signed({}, { typ: undefined })],
    ['that is a refresh token', () => pair.refresh_token],
    ['that says it is a refresh token', () => signed({ type: 'refresh' })],
    ['without an expiry', () => signed({ exp: undefined })],
    ['without a session', () => signed({ sid: undefined })],
    ['that does not hold yet', () => signed({ nbf: nowPlus(60) })],
    ['of a key that is not published', () => signed({}, { kid: 'other' })],
    ['that names no key', () => signed({}, { kid: undefined })],
    ['over 4 KiB', () => signed({ more: 'x'.repeat(4096) })],
    ['whose roles are none', () => signed({ roles: 'admin' })],
    ['with a changed signature', () => `${pair.access_token.slice(0, -8)}AAAAAAAA`],
    ['that is none', () => 'no-token'],
  ])('refuses a token %s', async (_, make) => {
    expect(await ask('/reports', await make())).toEqual(invalid);
  });

  it('refuses an algorithm that is not the key’s', async () => {
    const header = accessHeader(key, { alg: 'RS256' });
    const ofAnother = await new SignJWT(claimsOf(pair.access_token))
      .setProtectedHeader(header)
      .sign(rsa.privateKey);
    const pem = createPublicKey({ key: key.jwk as JsonWebKey, format: 'jwk' }).export({
      format: 'pem',
      type: 'spki',
    });
    const bySecret = await new SignJWT(claimsOf(pair.access_token))
      .setProtectedHeader(accessHeader(key, { alg: 'HS256' }))
      .sign(Buffer.from(pem));
    const unsigned = `${encode(accessHeader(key, { alg: 'none' }))}.${encode(claimsOf(pair.access_token))}.`;
    for (const token of [ofAnother, bySecret, unsigned])
      expect(await ask('/reports', token)).toEqual(invalid);
  });

  it('refuses a token that has expired, and lets clocks be some seconds apart', async () => {
    for (const exp of [nowPlus(-6), nowPlus(-2)])
      expect(await ask('/reports', await signed({ exp }))).toEqual(
        refused('token_expired', 'The token has expired'),
      );
    const later = await ResourceServerApp.start(optionsFor(front), adapter);
    const short = await signed({ exp: nowPlus(20) });
    later.clock.shift(20 + 2);
    expect(await ask('/reports', short, later)).toMatchObject({ status: 200 });
    later.clock.shift(900 + 6);
    expect((await ask('/reports', pair.access_token, later)).body).toMatchObject({ error: 'token_expired' });
    await later.stop();
  });

  it('holds roles and freshness against what a route asks for', async () => {
    expect(await ask('/all-reports', pair.access_token)).toMatchObject({
      status: 403,
      body: { statusCode: 403, error: 'forbidden' },
    });
    expect(await ask('/all-reports', await signed({ roles: ['admin'] }))).toMatchObject({ status: 200 });
    expect(await ask('/all-reports', await signed({ roles: undefined }))).toMatchObject({ status: 403 });

    expect(await ask('/secret-reports', await signed({ auth_time: nowPlus(-290) }))).toMatchObject({
      status: 200,
    });
    expect(await ask('/secret-reports', await signed({ auth_time: nowPlus(-310) }))).toMatchObject({
      status: 401,
      challenge: expect.stringMatching(/error="insufficient_user_authentication".*max_age="300"/),
      body: { error: 'fresh_token_required' },
    });
  });

  it('refuses what a logout has ended, and what was revoked alone, soon after', async () => {
    const left = await service.api.signIn(ada);
    const kept = await service.api.signIn(ada);
    const single = await service.api.signIn(ada);
    for (const { access_token } of [left, kept, single])
      expect(await ask('/reports', access_token)).toMatchObject({ status: 200 });
    await service.api.post('/logout', undefined, left.access_token).expect(204);
    await service.api.delete('/access-revoke', single.access_token).expect(200);
    for (const { access_token } of [left, single]) {
      await until(async () => (await ask('/reports', access_token)).status === 401);
      expect(await ask('/reports', access_token)).toEqual(
        refused('token_revoked', 'The token has been revoked: sign in to get another'),
      );
    }
    expect(await ask('/reports', kept.access_token)).toMatchObject({ status: 200 });
  });

  it('asks the issuer for nothing that a request needs, nor for kids that it does not know', async () => {
    // Has just fetched the keys, which an unknown kid has fetched again after half a minute.
    const recent = await ResourceServerApp.start(optionsFor(front), adapter);
    await ask('/reports', pair.access_token, recent);
    const [keysBefore, before] = [front.counts.get(JWKS), front.count];
    for (let n = 0; n < 100; n++) await recent.api.get('/reports', pair.access_token).expect(200);
    const unknown = await Promise.all(
      Array.from({ length: 100 }, (_, n) => signed({}, { kid: `unknown-${String(n)}` })),
    );
    const answers = await Promise.all(unknown.map((token) => ask('/reports', token, recent)));
    expect(answers).toEqual(unknown.map(() => invalid));
    expect(front.counts.get(JWKS)).toBe(keysBefore);
    // The poll that follows a stream at its end, where one has been cut meanwhile.
    expect(front.count - before).toBeLessThanOrEqual(2);
    await recent.stop();
  });

  it('waits with many requests for one fetch of the keys, and asks an issuer that is away no more often, of which it tells once', async () => {
    const away = await IssuerFront.start(service.url);
    away.goAway();
    const alone = await ResourceServerApp.start(optionsFor(away), adapter);
    const asked = away.counts.get(JWKS) ?? 0;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => alone.api.get('/reports', pair.access_token)),
    );
    for (const { status, headers, body } of answers)
      expect([status, headers['retry-after'], body]).toMatchObject([503, '1', { error: 'overloaded' }]);
    expect((away.counts.get(JWKS) ?? 0) - asked).toBeLessThanOrEqual(2);

    away.comeBack();
    await until(async () => (await alone.api.get('/reports', pair.access_token)).status === 200);
    expect(away.counts.get(JWKS)! - asked).toBeLessThanOrEqual(4);
    expect(alone.logLines.filter((line) => line.startsWith('The key set'))).toEqual([
      expect.stringMatching(/^The key set at \S+\.well-known\/jwks\.json cannot be fetched: fetch failed: ./),
      expect.stringMatching(/^The key set at \S+ is fetched again$/),
    ]);
    await alone.stop();
    await away.stop();
  });

  it('tells once of an outage that only tokens with unknown kids notice', async () => {
    const away = await IssuerFront.start(service.url);
    const alone = await ResourceServerApp.start(optionsFor(away), adapter);
    await alone.api.get('/reports', pair.access_token).expect(200);
    // The keys are kept for five minutes. An unknown kid has them asked for again, after half a minute, and nobody has
    // within a second.
    await sleep(1100);
    const { now } = Date;
    const later = jest.spyOn(Date, 'now').mockImplementation(() => now() + 60_000);
    away.goAway();
    for (let n = 0; n < 3; n++) {
      await alone.api.get('/reports', await signed({}, { kid: `unknown-${String(n)}` })).expect(503);
      await alone.api.get('/reports', pair.access_token).expect(200);
    }
    later.mockRestore();
    expect(alone.logLines.filter((line) => line.startsWith('The key set'))).toEqual([
      expect.stringContaining('cannot be fetched: fetch failed: '),
    ]);
    await alone.stop();
    await away.stop();
  });

  it('asks no more often where what it gets is no key set, and takes up no more of it than one has', async () => {
    let [sent, asked] = [0, 0];
    const sendForEver = (response: ServerResponse) => {
      const piece = gzipSync(Buffer.alloc(16_000_000, ' '));
      const send = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
        sent += piece.length;
      };
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).on('drain', send);
      send();
    };
    for (const answer of [(response: ServerResponse) => response.end('<p>Closed</p>'), sendForEver]) {
      const instead = await IssuerFront.start(service.url);
      instead.replace(JWKS, (_, response) => {
        answer(response);
      });
      const alone = await ResourceServerApp.start(optionsFor(instead), adapter);
      const [before, since] = [instead.counts.get(JWKS) ?? 0, performance.now()];
      for (let n = 0; n < 50; n++) await alone.api.get('/reports', pair.access_token).expect(503);
      const tries = instead.counts.get(JWKS)! - before;
      asked += instead.counts.get(JWKS)!;
      expect(tries).toBeLessThanOrEqual(1 + (performance.now() - since) / 1000);
      // Whoever waits for the next one sees it tried.
      expect(tries).toBeLessThan(25);
      await alone.stop();
      await instead.stop();
    }
    expect(sent).toBeLessThan(2_500_000 * asked);
  });

  it('says that it cannot tell where the keys are asked for, and no answer comes', async () => {
    front.replace(JWKS, () => undefined);
    const alone = await ResourceServerApp.start(optionsFor(front), adapter);
    const { body, headers } = await alone.api.get('/reports', pair.access_token).expect(503);
    expect([headers['retry-after'], body]).toMatchObject(['1', { error: 'overloaded' }]);
    front.handOn(JWKS);
    await until(async () => (await alone.api.get('/reports', pair.access_token)).status === 200);
    await alone.stop();
  });

  it('takes up a rotation of the keys', async () => {
    const other = await service.api.signIn(ada);
    expect(await runCommand(folder, ['key', 'rotate', '--force'])).toMatchObject({ code: 0 });
    let after = other;
    await until(async () => {
      after = await service.api.signIn(ada);
      return headerOf(after.access_token).kid !== headerOf(other.access_token).kid;
    });
    for (const { access_token } of [other, after])
      expect(await ask('/reports', access_token)).toMatchObject({ status: 200 });
    await service.api.post('/logout', undefined, after.access_token).expect(204);
    await until(async () => (await ask('/reports', after.access_token)).status === 401);
  });

  it('knows another user from this one', async () => {
    const username = `grace-${adapter}`;
    const { access_token } = await service.api.signUp({ username, password: grace.password });
    expect((await ask('/reports', access_token)).body).toMatchObject({ username });
  });
});
