import type { INestApplication } from '@nestjs/common';
import { SignJWT } from 'jose/jwt/sign';
import { decodeJwt } from 'jose/jwt/decode';
import { generateKeyPair } from 'jose/key/generate/keypair';
import type { JWTHeaderParameters } from 'jose';
import { Gatehouse } from '../embedding/gatehouse.js';
import { SigningKeys } from '../tokens/signing-keys.js';
import { readTokenHeader } from '../tokens/token-header.js';
import type { SignedIn } from './signed-in.js';
import { TestIssuer } from './test-issuer.js';

const HOUR_SECONDS = 3600;

type Whose = Pick<SignedIn, 'accessToken'>;

/**
 * The access token of somebody as it would be had it expired: every route must refuse it with `token_expired`.
 * @param issuer the application that has the service in it, or the issuer that a test has started
 */
export function expiredToken(issuer: INestApplication | TestIssuer, { accessToken }: Whose): Promise<string> {
  const service = issuer instanceof TestIssuer ? issuer : issuer.get(Gatehouse, { strict: false });
  const { sign } = service.part(SigningKeys).current;
  const { iat = 0, nbf = 0, exp = 0, ...claims } = decodeJwt(accessToken);
  const ago = HOUR_SECONDS + exp - iat;
  const earlier = { iat: iat - ago, nbf: nbf - ago, exp: exp - ago };
  return signed({ ...claims, ...earlier }, headerOf(accessToken), sign);
}

/**
 * The access token of somebody with other claims, such as `{ roles: ['admin'] }`, signed by a key that is not the
 * service's: every route must refuse it with `token_invalid`.
 */
export async function forgedToken({ accessToken }: Whose, claims: object = {}): Promise<string> {
  const header = headerOf(accessToken);
  const { privateKey } = await generateKeyPair(header.alg);
  return signed({ ...decodeJwt(accessToken), ...claims }, header, privateKey);
}

function signed(
  claims: object,
  header: JWTHeaderParameters,
  key: Parameters<SignJWT['sign']>[0],
): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
}

function headerOf(token: string): JWTHeaderParameters {
  return { ...readTokenHeader(token) } as JWTHeaderParameters;
}
