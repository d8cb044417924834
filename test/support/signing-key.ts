import { importJWK, SignJWT, type JWK } from 'jose';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredKey } from '../../src/tokens/key-ring.js';

/** The key that a service signs with, out of the keys.json in a folder. */
export function currentKeyIn(folder: string): StoredKey {
  const text = readFileSync(join(folder, 'keys.json'), 'utf8');
  const { keys } = JSON.parse(text) as { keys: StoredKey[] };
  const current = keys.find(({ stage }) => stage === 'current');
  if (!current) throw new Error('there is no current signing key');
  return current;
}

/** The header of an access token of a key, but for the changes. */
export function accessHeader({ alg, kid }: StoredKey, changes: object = {}) {
  return { alg: alg as string, kid, typ: 'at+jwt', ...changes };
}

/** Signs claims as only the service can, under the header of an access token but for the changes. */
export async function signAsService(key: StoredKey, claims: object, header: object = {}): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader(accessHeader(key, header))
    .sign(await importJWK<JWK>(key.jwk, key.alg));
}
