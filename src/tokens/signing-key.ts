import type { JWK } from 'jose';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { JwtAlgorithm } from '../config/settings.js';

/** A key parsed once, with the one algorithm it may be used with (RFC 8725 §3.1). */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly alg: JwtAlgorithm;
  readonly sign: KeyObject;
  readonly verify: KeyObject;
  /** The public half as others may see it; none for a shared secret. */
  readonly publicJwk: JWK | undefined;
}

const generate = promisify(generateKeyPair);
const RSA_BITS = 3072;

/** Makes a key pair for ES256, RS256 or PS256. @returns the private half as a JWK. */
export async function makePrivateJwk(alg: JwtAlgorithm): Promise<JWK> {
  const { privateKey } = await (alg === 'ES256'
    ? generate('ec', { namedCurve: 'P-256' })
    : generate('rsa', { modulusLength: RSA_BITS }));
  return privateKey.export({ format: 'jwk' });
}

export async function keyFromPrivateJwk(jwk: JWK, alg: JwtAlgorithm): Promise<SigningKey> {
  const sign = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const verify = createPublicKey(sign);
  const publicMembers = verify.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(publicMembers);
  return { kid, alg, sign, verify, publicJwk: { ...publicMembers, kid, alg, use: 'sig' } };
}

/** A shared secret, for HS256. Its kid tells no more of it than any token signed with it does. */
export async function keyFromSecret(secret: string): Promise<SigningKey> {
  const key = createSecretKey(secret, 'utf8');
  const kid = await calculateJwkThumbprint(key.export({ format: 'jwk' }));
  return { kid, alg: 'HS256', sign: key, verify: key, publicJwk: undefined };
}
