import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { KeyChangeError } from './key-change-error.js';
import type { KeyRing, StoredKey } from './key-ring.js';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** @returns the stored keys, none where there is no file yet. */
export async function readKeyFile(path: string): Promise<KeyRing> {
  try {
    const { keys } = JSON.parse(readFileSync(path, 'utf8')) as { keys: StoredKey[] };
    return await Promise.all(
      keys.map(async (key) => ({
        ...key,
        kid: await calculateJwkThumbprint(key.jwk),
        needed_until: key.needed_until ?? null,
      })),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`The signing keys in ${path} cannot be read: restore the file from a backup`, {
      cause: error,
    });
  }
}

/**
 * Replaces the file.
 * @throws KeyChangeError where it cannot be written.
 */
export function writeKeyFile(path: string, keys: KeyRing): void {
  try {
    replaceFile(path, `${JSON.stringify({ keys }, null, 2)}\n`);
  } catch (error) {
    throw new KeyChangeError(
      `The signing keys in ${path} cannot be written (${String((error as NodeJS.ErrnoException).code)}). Where they are ` +
        'mounted to be read only, change them where they come from: docs/operations.md says how.',
      { cause: error },
    );
  }
}

/** Writes beside the file first: a crash must leave either the former file or a whole one, for the owner alone. */
function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  const written = `${path}.${randomUUID()}`;
  const file = openSync(written, 'wx', OWNER_ONLY_FILE);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(written, path);
}
