import {
  createRemoteJWKSet,
  customFetch,
  errors,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type JWK,
  type JWTVerifyOptions,
} from 'jose';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyRotationService } from '../../src/tokens/key-rotation.service.js';
import { makePrivateJwk } from '../../src/tokens/signing-key.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { freePort } from '../support/free-port.js';
import { newFolder } from '../support/new-folder.js';
import { ada } from '../support/people.js';
import { accessHeader, currentKeyIn, signAsService } from '../support/signing-key.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf, headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';
import { watchFilesOften } from '../support/watch-files-often.js';

const startService = async (settings: Record<string, string>, folder = newFolder()) => {
  const port = await freePort();
  return TestApp.start({
    port,
    folder,
    settings: { JWT_ISSUER: `http://127.0.0.1:${String(port)}`, ...settings },
  });
};
const keySetOf = ({ url }: TestApp) => createRemoteJWKSet(new URL('/.well-known/jwks.json', url));

/** What whoever verifies an access token shall ask of it. */
const pinsFor = ({ url, clock }: TestApp, algorithm: string): JWTVerifyOptions => ({
  algorithms: [algorithm],
  issuer: url,
  audience: 'gatehouse',
  typ: 'at+jwt',
  currentDate: clock.now(),
});

watchFilesOften();

describe('jose', () => {
  let rsaKeys: JWK[];

  beforeAll(async () => {
    // Slow to make, so that both RSA algorithms have the same two.
    rsaKeys = await Promise.all([makePrivateJwk('RS256'), makePrivateJwk('RS256')]);
  });

  /** Returns a folder with these keys for an algorithm in it. Without keys, the service makes its own. */
  const folderWith = (keys: JWK[], alg: string) => {
    const folder = newFolder();
    const stored = keys.map((jwk, n) => ({
      jwk,
      alg,
      stage: n === 0 ? 'current' : 'next',
      created_at: new Date(0).toISOString(),
    }));
    if (keys.length > 0) writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: stored }));
    return folder;
  };

  it.each(['ES256', 'RS256', 'PS256'])(
    'verifies an access token of %s by the remote key set, and no refresh token',
    async (algorithm) => {
      const folder = folderWith(algorithm === 'ES256' ? [] : rsaKeys, algorithm);
      const service = await startService({ JWT_ALGORITHM: algorithm }, folder);
      const pair = await service.api.signUp(ada);
      const keys = keySetOf(service);
      const pins = pinsFor(service, algorithm);
      const { payload, protectedHeader } = await jwtVerify(pair.access_token, keys, pins);
      expect(protectedHeader).toMatchObject({ alg: algorithm, typ: 'at+jwt' });
      expect(payload).toMatchObject({ username: 'ada', roles: ['user'], type: 'access' });
      await expect(jwtVerify(pair.refresh_token, keys, pins)).rejects.toMatchObject({ claim: 'typ' });
      await service.stop();
    },
  );

  it('verifies a token of HS256 by the shared secret: the key set has no key then', async () => {
    const secret = 'a secret of thirty-two bytes, at least';
    const service = await startService({ JWT_ALGORITHM: 'HS256', JWT_SECRET: secret });
    const { access_token } = await service.api.signUp(ada);
    const pins = pinsFor(service, 'HS256');
    const { payload } = await jwtVerify(access_token, Buffer.from(secret), pins);
    expect(payload['username']).toBe('ada');
    await expect(jwtVerify(access_token, keySetOf(service), pins)).rejects.toThrow(errors.JOSEError);
    await service.stop();
  });

  it('verifies what is signed after a rotation with the key set it fetched before', async () => {
    const service = await startService({});
    const before = await service.api.signUp(ada);
    let fetches = 0;
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', service.url), {
      [customFetch]: (url, options) => {
        fetches++;
        return fetch(url, options);
      },
    });
    const pins = pinsFor(service, 'ES256');
    await jwtVerify(before.access_token, keys, pins);

    await service.app.get(KeyRotationService).rotate({ force: true });
    const former = headerOf(before.access_token).kid;
    let after = before;
    await until(async () => {
      after = await service.api.signIn(ada);
      return headerOf(after.access_token).kid !== former;
    });

    await jwtVerify(after.access_token, keys, pins);
    await jwtVerify(before.access_token, keys, pins);
    expect(fetches).toBe(1);
    await service.stop();
  });
});

describe('jose, with the pins that the README names,', () => {
  let service: TestApp;
  let pair: TokenPair;
  let keys: ReturnType<typeof createRemoteJWKSet>;

  const verify = (token: string) => jwtVerify(token, keys, pinsFor(service, 'ES256'));
  const signed = (claims: object, header?: object) =>
    signAsService(currentKeyIn(service.folder), { ...claimsOf(pair.access_token), ...claims }, header);

  beforeAll(async () => {
    service = await startService({});
    pair = await service.api.signUp(ada);
    keys = keySetOf(service);
  });
  afterAll(() => service.stop());

  it('verifies what is signed as the service does it, so that the refusals below mean something', async () => {
    await expect(verify(await signed({}))).resolves.toMatchObject({ payload: { username: 'ada' } });
  });

  it.each<[string, object, object, object]>([
    ['for another audience', { aud: 'elsewhere' }, {}, { claim: 'aud' }],
    ['of another issuer', { iss: 'http://elsewhere' }, {}, { claim: 'iss' }],
    ['with the typ of a refresh token', {}, { typ: 'rt+jwt' }, { claim: 'typ' }],
    ['that has expired', { exp: Date.parse('2026-03-01T12:00:00Z') / 1000 }, {}, { claim: 'exp' }],
    ['of a key that is not in the set', {}, { kid: 'other' }, { code: 'ERR_JWKS_NO_MATCHING_KEY' }],
  ])('refuses a token %s', async (_, claims, header, refusal) => {
    await expect(verify(await signed(claims, header))).rejects.toMatchObject(refusal);
  });

  it('refuses a token that another signed under the kid of the service', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT(claimsOf(pair.access_token))
      .setProtectedHeader(accessHeader(currentKeyIn(service.folder)))
      .sign(privateKey);
    await expect(verify(forged)).rejects.toThrow(errors.JWSSignatureVerificationFailed);
  });
});
