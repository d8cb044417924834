import { importJWK, SignJWT, type JWK } from 'jose';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredKey } from '../../src/tokens/key-ring.js';

/** The key that a service signs with, out of the keys.json in a folder. */
export function currentKeyIn(folder: string): StoredKey {
  const current = keysIn(folder).find(({ stage }) => stage === 'current');
  if (!current) throw new Error('there is no current signing key');
  return current;
}

/** Lets the keys in a folder have been published for so long that all who verify know them. */
export function ageKeysIn(folder: string): void {
  const keys = keysIn(folder).map((key) => ({ ...key, created_at: new Date(0).toISOString() }));
  // At once, as a service may be reading it.
  writeFileSync(join(folder, 'aged.json'), JSON.stringify({ keys }), { mode: 0o600 });
  renameSync(join(folder, 'aged.json'), join(folder, 'keys.json'));
}

function keysIn(folder: string): StoredKey[] {
  const text = readFileSync(join(folder, 'keys.json'), 'utf8');
  return (JSON.parse(text) as { keys: StoredKey[] }).keys;
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
