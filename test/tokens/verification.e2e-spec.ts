import { importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf, headerOf } from '../support/tokens.js';

const invalid = { status: 401, error: 'token_invalid' };

describe('a presented access token', () => {
  let service: TestApp;
  let pair: TokenPair;
  let key: CryptoKey | Uint8Array;
  let claims: JWTPayload;
  let header: { alg: string; kid: string; typ: string };

  const present = async (token: string) => refusal(await service.api.get('/protected', token));
  const signed = (changes: object, headerChanges: object = {}) =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ ...header, ...headerChanges }).sign(key);
  const encode = (part: object | string) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

  beforeAll(async () => {
    service = await TestApp.start();
    pair = await service.api.signUp(ada);
    const stored = JSON.parse(readFileSync(join(service.folder, 'keys.json'), 'utf8')) as {
      keys: [{ jwk: JWK }];
    };
    key = await importJWK(stored.keys[0].jwk, 'ES256');
    claims = claimsOf(pair.access_token);
    header = headerOf(pair.access_token) as typeof header;
  });
  afterAll(() => service.stop());

  it('is accepted when it is signed with the key as the service does it, so that the refusals below mean something', async () => {
    expect(await present(await signed({}))).toEqual({ status: 200, error: undefined });
  });

  it.each<[string, object]>([
    ['another issuer', { iss: 'http://elsewhere' }],
    ['another audience', { aud: 'elsewhere' }],
    ['no audience', { aud: undefined }],
    ['the type of a refresh token', { type: 'refresh' }],
    ['no jti', { jti: undefined }],
    ['no session', { sid: undefined }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is no number', { exp: 'never' }],
    ['a time before which it does not hold', { nbf: Date.parse('2026-03-01T12:00:01Z') / 1000 }],
  ])('is refused with %s', async (_, changes) => {
    expect(await present(await signed(changes))).toEqual(invalid);
  });

  it.each<[string, object]>([
    ['the typ of a refresh token', { typ: 'rt+jwt' }],
    ['the typ of any JWT', { typ: 'JWT' }],
    ['no typ', { typ: undefined }],
    ['a kid that is not ours', { kid: 'other' }],
    ['no kid', { kid: undefined }],
    ['a jku', { jku: 'http://elsewhere/keys' }],
    ['an x5u', { x5u: 'http://elsewhere/cert' }],
    ['an x5c', { x5c: ['MIIB'] }],
    ['a jwk', { jwk: { kty: 'EC' } }],
  ])('is refused with %s in its header', async (_, changes) => {
    expect(await present(await signed({}, changes))).toEqual(invalid);
  });

  it('is refused with crit in its header', async () => {
    const [, payload, signature] = pair.access_token.split('.');
    const token = `${encode({ ...header, crit: ['exp'] })}.${String(payload)}.${String(signature)}`;
    expect(await present(token)).toEqual(invalid);
  });

  it('is refused without a signature, under the algorithm none', async () => {
    const unsigned = `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`;
    expect(await present(unsigned)).toEqual(invalid);
  });

  it('is refused when it is signed with the public key for a shared secret', async () => {
    const { body } = await service.api.get('/.well-known/jwks.json');
    const secret = createSecretKey(Buffer.from(JSON.stringify((body as { keys: object[] }).keys[0])));
    const token = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret);
    expect(await present(token)).toEqual(invalid);
  });

  it('is refused when somebody else signed it', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await present(await new SignJWT(claims).setProtectedHeader(header).sign(privateKey))).toEqual(
      invalid,
    );
  });

  it('is refused when a letter of it was changed', async () => {
    const [head, payload, signature] = pair.access_token.split('.') as [string, string, string];
    const changed = encode({ ...claims, roles: ['admin'] });
    expect(await present(`${head}.${changed}.${signature}`)).toEqual(invalid);
    expect(await present(`${head}.${payload}.${signature.slice(0, -4)}AAAA`)).toEqual(invalid);
  });

  it.each([
    ['no token', 'abc'],
    ['too many parts', 'a.b.c.d'],
    ['a header that is no JSON', 'e30x.e30.AA'],
    ['a header that is null', `${Buffer.from('null').toString('base64url')}.e30.AA`],
    ['empty parts', '..'],
  ])('is refused when it is %s', async (_, token) => {
    expect(await present(token)).toEqual(invalid);
  });

  it('is refused beyond 4 KiB, though its signature is good', async () => {
    expect(await present(await signed({ filler: 'x'.repeat(4096) }))).toEqual(invalid);
  });

  it('is expired from the second that its exp names, and told so', async () => {
    const later = Number(claims.exp) * 1000 - service.clock.now().getTime();
    service.clock.pass(later / 1000 - 1);
    expect(await present(pair.access_token)).toEqual({ status: 200, error: undefined });
    service.clock.pass(1);
    const answer = await service.api.get('/protected', pair.access_token);
    expect(answer.body).toEqual({
      statusCode: 401,
      error: 'token_expired',
      message: 'The token has expired',
    });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="gatehouse", error="invalid_token", error_description="The token has expired"',
    );
    service.clock.pass(-later / 1000);
  });

  it('is told of a refresh token where an access token is due, and the reverse', async () => {
    expect(await present(pair.refresh_token)).toEqual(invalid);
    expect(refusal(await service.api.refresh(pair.access_token))).toEqual(invalid);
  });

  it.each([
    ['another scheme', 'Basic YWRhOng='],
    ['the scheme alone', 'Bearer'],
    ['an empty token', 'Bearer '],
  ])('counts as missing with %s', async (_, authorization) => {
    const answer = await service.api.get('/protected').set('Authorization', authorization);
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_missing' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
  });

  it('is read with the scheme in any case', async () => {
    await service.api.get('/protected').set('Authorization', `bearer ${pair.access_token}`).expect(200);
  });
});
