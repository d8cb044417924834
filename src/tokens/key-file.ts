import type { JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  closeSync,
  fsyncSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { JwtAlgorithm } from '../config/settings.js';

export type KeyStage = 'current' | 'previous';

/** A signing key as it lies in the file. */
export interface StoredKey {
  readonly alg: JwtAlgorithm;
  readonly stage: KeyStage;
  readonly created_at: string;
  readonly jwk: JWK;
}

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** @returns the stored keys, or undefined where there is no file yet. */
export function readKeyFile(path: string): StoredKey[] | undefined {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { keys: StoredKey[] }).keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The signing keys in ${path} cannot be read: restore the file from a backup`, {
      cause: error,
    });
  }
}

/** Makes the file. @returns false where another process has made it first; then its keys count. */
export function createKeyFile(path: string, keys: readonly StoredKey[]): boolean {
  return withWrittenFile(path, keys, (written) => {
    try {
      linkSync(written, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(written);
    }
  });
}

export function replaceKeyFile(path: string, keys: readonly StoredKey[]): void {
  withWrittenFile(path, keys, (written) => {
    renameSync(written, path);
  });
}

/** Writes beside the file first: a crash must leave either no file or a whole one, readable by the owner alone. */
function withWrittenFile<T>(path: string, keys: readonly StoredKey[], put: (written: string) => T): T {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  const written = `${path}.${randomUUID()}`;
  const file = openSync(written, 'wx', OWNER_ONLY_FILE);
  writeSync(file, `${JSON.stringify({ keys }, null, 2)}\n`);
  fsyncSync(file);
  closeSync(file);
  return put(written);
}
