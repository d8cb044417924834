import { generateKeyPair, SignJWT } from 'jose';
import { createPublicKey, randomUUID, type JsonWebKey } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { StoredKey } from '../../src/tokens/key-ring.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { ExampleServer, runExample } from '../support/examples.js';
import { freePort } from '../support/free-port.js';
import { IssuerFront } from '../support/issuer-front.js';
import { ada, grace } from '../support/people.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { accessHeader, currentKeyIn, signAsService } from '../support/signing-key.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf, headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const JWKS = '/.well-known/jwks.json';
const gateway = { username: 'gateway', password: 'a service that asks for others' };

const startService = async (folder: string, settings: Record<string, string> = {}) => {
  const PORT = String(await freePort());
  return ServiceProcess.start(folder, { PORT, JWT_ISSUER: `http://127.0.0.1:${PORT}`, ...settings });
};
const createUser = (folder: string, { username, password }: typeof gateway, role: string) =>
  runCommand(folder, ['user', 'create', username, '--role', role], password);
const nowPlus = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('in Python,', () => {
  let folder: string;
  let service: ServiceProcess;
  let pair: TokenPair;
  let key: StoredKey;
  let variables: Record<string, string>;

  const signed = (claims: object, header?: object) =>
    signAsService(key, { ...claimsOf(pair.access_token), ...claims }, header);

  beforeAll(async () => {
    folder = newFolder();
    service = await startService(folder);
    variables = { JWT_ISSUER: service.url };
    pair = await service.api.signUp(ada);
    key = currentKeyIn(join(folder, 'data'));
    await createUser(folder, grace, 'admin');
  });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  describe.each(['verify_with_pyjwt.py', 'verify_with_python_jose.py'])('%s', (script) => {
    const verify = (token: string) => runExample(script, token, variables);
    const expectRefused = async (token: string) => {
      const { code, stdout, stderr } = await verify(token);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^[^\n]+\n$/);
      return stderr;
    };

    it('prints the claims of an access token', async () => {
      const { code, stdout, stderr } = await verify(pair.access_token);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual(claimsOf(pair.access_token));
    });

    it('accepts what is signed as the service does it, so that the refusals below mean something', async () => {
      expect(await verify(await signed({ jti: randomUUID() }))).toMatchObject({ code: 0 });
    });

    it.each<[string, () => Promise<string> | string, RegExp]>([
      ['a refresh token', () => pair.refresh_token, /audience/i],
      [
        'an access token by its claims with the typ of a refresh token',
        () => signed({}, { typ: 'rt+jwt' }),
        /no access token/,
      ],
      ['an expired token', () => signed({ exp: nowPlus(-1) }), /expired/],
      ['a token that does not hold yet', () => signed({ nbf: nowPlus(60) }), /not yet valid/],
      ['a token of another issuer', () => signed({ iss: 'http://elsewhere' }), /issuer/i],
      ['a token for another audience', () => signed({ aud: 'elsewhere' }), /audience/i],
      ['a token without an expiry', () => signed({ exp: undefined }), /exp/],
      ['a token without an audience', () => signed({ aud: undefined }), /aud/],
      ['a token without an issuer', () => signed({ iss: undefined }), /iss/],
      ['a token without a kid', () => signed({}, { kid: undefined }), /key/],
      ['a token of a key that is not published', () => signed({}, { kid: 'other' }), /key/],
      ['a text that is no token', () => 'no token', /segments|headers/],
    ])('refuses %s', async (_, make, reason) => {
      expect(await expectRefused(await make())).toMatch(reason);
    });

    it('refuses a token that another signed under the kid of the service', async () => {
      const { privateKey } = await generateKeyPair('ES256');
      const forged = await new SignJWT(claimsOf(pair.access_token))
        .setProtectedHeader(accessHeader(key))
        .sign(privateKey);
      expect(await expectRefused(forged)).toMatch(/signature verification failed/i);
    });

    it('refuses a token without a signature', async () => {
      const claims = encode(claimsOf(pair.access_token));
      for (const alg of ['none', 'None', 'ES256'])
        await expectRefused(`${encode(accessHeader(key, { alg }))}.${claims}.`);
    });

    it('refuses a token signed with the public key as if it were a shared secret', async () => {
      const publicKey = createPublicKey({ key: key.jwk as JsonWebKey, format: 'jwk' });
      const pem = publicKey.export({ format: 'pem', type: 'spki' });
      const forged = await new SignJWT(claimsOf(pair.access_token))
        .setProtectedHeader(accessHeader(key, { alg: 'HS256' }))
        .sign(Buffer.from(pem));
      expect(await expectRefused(forged)).toMatch(/alg/);
    });

    it('says on one line why it refuses, also of a token that is made to break it', async () => {
      await expectRefused(`${encode(accessHeader(key, { kid: 'a\nb\u001b[31m' }))}.e30.e30`);
      await expectRefused(`${Buffer.from('['.repeat(2000)).toString('base64url')}.e30.e30`);
      await expectRefused('');
    });

    it('says that it cannot tell where the keys cannot be fetched', async () => {
      const nowhere = { JWKS_URL: `http://127.0.0.1:${String(await freePort())}` };
      const { code, stderr } = await runExample(script, pair.access_token, { ...variables, ...nowhere });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^No answer from http:[^\n]+\n$/);
    });
  });

  describe.each(['flask_resource_server', 'fastapi_resource_server'])('%s', (module) => {
    let server: ExampleServer;

    beforeAll(async () => {
      server = await ExampleServer.start(module, variables);
    });
    afterAll(() => server.stop());

    const ask = async (token?: string) => {
      const { status, headers, body } = await server.api.get('/reports', token);
      return { status, challenge: headers['www-authenticate'], body: body as unknown };
    };
    const invalid = {
      status: 401,
      challenge:
        'Bearer realm="reports", error="invalid_token", error_description="The access token is not valid"',
      body: { error: 'invalid_token', message: 'The access token is not valid' },
    };

    it('lets an administrator in', async () => {
      const { access_token } = await service.api.signIn(grace);
      const { sub } = claimsOf(access_token);
      expect(await ask(access_token)).toEqual({
        status: 200,
        challenge: undefined,
        body: { reports: [], read_by: sub },
      });
    });

    it('asks who sends no token for one, and names no error', async () => {
      const asked = { status: 401, challenge: 'Bearer realm="reports"', body: { error: 'token_missing' } };
      expect(await ask()).toMatchObject(asked);
      const basic = await server.api.get('/reports').set('Authorization', 'Basic YWRhOnNlY3JldA==');
      expect([basic.status, basic.headers['www-authenticate']]).toEqual([401, asked.challenge]);
    });

    it('refuses a token that is not good, whatever is wrong with it, in the same words', async () => {
      const kid = 'a", error="other\r\nX-Other: 1';
      for (const token of [
        'no-token',
        pair.refresh_token,
        await signed({ exp: nowPlus(-1) }),
        await signed({}, { kid }),
        `${Buffer.from('['.repeat(2000)).toString('base64url')}.e30.e30`,
      ])
        expect(await ask(token)).toEqual(invalid);
    });

    it('refuses who lacks the role', async () => {
      expect(await ask(pair.access_token)).toEqual({
        status: 403,
        challenge:
          'Bearer realm="reports", error="insufficient_scope", error_description="The role admin is needed"',
        body: { error: 'insufficient_scope', message: 'The role admin is needed' },
      });
    });

    it('does not see a revocation before the token expires, as the page says', async () => {
      const { access_token } = await service.api.signIn(grace);
      await service.api.delete('/access-revoke', access_token).expect(200);
      expect(await ask(access_token)).toMatchObject({ status: 200 });
    });

    it('cannot tell, and says so, where the keys cannot be fetched', async () => {
      const JWKS_URL = `http://127.0.0.1:${String(await freePort())}`;
      const alone = await ExampleServer.start(module, { ...variables, JWKS_URL });
      const { status, headers } = await alone.api.get('/reports', pair.access_token);
      expect([status, headers['retry-after']]).toEqual([503, '5']);
      await alone.stop();
    });

    it('waits with all requests for one fetch of the keys, and tries it once a second at most', async () => {
      const answers = [
        (response: ServerResponse) => response.destroy(),
        (response: ServerResponse) => response.end('{}'),
        (response: ServerResponse) => response.end('<p>Closed</p>'),
      ];
      for (const answer of answers) {
        const front = await IssuerFront.start(service.url);
        front.replace(JWKS, (_, response) => {
          answer(response);
        });
        const alone = await ExampleServer.start(module, { ...variables, JWKS_URL: `${front.url}${JWKS}` });
        const since = performance.now();
        for (let n = 0; n < 20; n++) {
          const two = [
            alone.api.get('/reports', pair.access_token),
            alone.api.get('/reports', pair.access_token),
          ];
          for (const { status } of await Promise.all(two)) expect(status).toBe(503);
        }
        expect(front.counts.get(JWKS)).toBeLessThanOrEqual(1 + (performance.now() - since) / 1000);
        front.handOn(JWKS);
        await until(async () => (await alone.api.get('/reports', pair.access_token)).status === 403);
        await alone.stop();
        await front.stop();
      }
    });
  });
});

describe('flask_resource_server that has fetched the keys', () => {
  it('needs no other fetch after a rotation, nor for a kid that it does not know', async () => {
    const folder = newFolder();
    const service = await startService(folder);
    await createUser(folder, grace, 'admin');
    const before = await service.api.signIn(grace);
    const server = await ExampleServer.start('flask_resource_server', { JWT_ISSUER: service.url });
    await server.api.get('/reports', before.access_token).expect(200);

    expect(await runCommand(folder, ['key', 'rotate', '--force'])).toMatchObject({ code: 0 });
    let after = before;
    await until(async () => {
      after = await service.api.signIn(grace);
      return headerOf(after.access_token).kid !== headerOf(before.access_token).kid;
    });
    await service.kill();

    const [, ...rest] = after.access_token.split('.');
    const unknown = [encode({ alg: 'ES256', kid: 'other', typ: 'at+jwt' }), ...rest].join('.');
    await server.api.get('/reports', unknown).expect(401);
    await server.api.get('/reports', after.access_token).expect(200);
    await server.api.get('/reports', before.access_token).expect(200);
    await server.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('fastapi_resource_server that introspects', () => {
  let folder: string;
  let service: ServiceProcess;
  let server: ExampleServer;

  beforeAll(async () => {
    folder = newFolder();
    service = await startService(folder);
    await createUser(folder, grace, 'admin');
    await createUser(folder, gateway, 'introspect');
    server = await ExampleServer.start('fastapi_resource_server', {
      JWT_ISSUER: service.url,
      INTROSPECTION_USERNAME: gateway.username,
      INTROSPECTION_PASSWORD: gateway.password,
    });
  });
  afterAll(async () => {
    await server.stop();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const ask = (token: string) => server.api.get('/reports', token);

  it('sees a revocation at once', async () => {
    const { access_token } = await service.api.signIn(grace);
    await ask(access_token).expect(200);
    await service.api.delete('/access-revoke', access_token).expect(200);
    const { headers } = await ask(access_token).expect(401);
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('signs in again where its own session was ended', async () => {
    const { access_token } = await service.api.signIn(grace);
    const own = await service.api.signIn(gateway);
    await service.api.post('/logout-all', undefined, own.access_token).expect(204);
    await ask(access_token).expect(200);
  });

  it('lets nobody in while Gatehouse is down', async () => {
    const { access_token } = await service.api.signIn(grace);
    await ask(access_token).expect(200);
    await service.kill();
    await ask(access_token).expect(503);
  });
});

describe('in Python, an access token', () => {
  let folder: string;

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['RS256', 'verify_with_pyjwt.py'],
    ['RS256', 'verify_with_python_jose.py'],
    ['PS256', 'verify_with_pyjwt.py'],
  ])('of %s is accepted by %s, and a refresh token is not', async (algorithm, script) => {
    const service = await startService(folder, { JWT_ALGORITHM: algorithm });
    const pair = await service.api.signUp(ada);
    const variables = { JWT_ISSUER: service.url, JWT_ALGORITHM: algorithm };
    const accepted = await runExample(script, pair.access_token, variables);
    expect(JSON.parse(accepted.stdout)).toEqual(claimsOf(pair.access_token));
    expect(await runExample(script, pair.refresh_token, variables)).toMatchObject({ code: 1, stdout: '' });
    await service.stop();
  });

  it('of HS256 is accepted by verify_with_pyjwt.py with the shared secret alone', async () => {
    const secret = 'a secret of thirty-two bytes, at least';
    const hs256 = { JWT_ALGORITHM: 'HS256', JWT_SECRET: secret };
    const service = await startService(folder, hs256);
    const { access_token } = await service.api.signUp(ada);
    const verify = (variables: Record<string, string>) =>
      runExample('verify_with_pyjwt.py', access_token, {
        JWT_ISSUER: service.url,
        ...hs256,
        ...variables,
      });
    expect(await verify({})).toMatchObject({ code: 0 });
    expect(await verify({ JWT_SECRET: secret.toUpperCase() })).toMatchObject({ code: 1, stdout: '' });
    expect((await verify({ JWT_SECRET: '' })).stderr).toBe('JWT_SECRET must have at least 32 bytes\n');
    await service.stop();
  });

  it.each(['PS256', 'HS256'])('of %s is beyond python-jose, which says so', async (algorithm) => {
    const { code, stderr } = await runExample('verify_with_python_jose.py', '', { JWT_ALGORITHM: algorithm });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `python-jose cannot verify ${algorithm} by a key set: use PyJWT\n`,
    });
  });
});
