import { decodeBase64 } from './base64.js';
import { UnusableHash, type HashReader } from './stored-hash.js';

const MOST_MEMORY_KIB = 256 * 1024;
const MOST_WORK_KIB = 1024 * 1024;
const LEAST_SALT_BYTES = 8;
const LEAST_HASH_BYTES = 16;

// Django puts its name for the algorithm before the form that everybody else keeps.
const form =
  /^(?:argon2)?(\$argon2(?:id|i|d)\$v=(?:16|19)\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+))$/;

/** argon2id, argon2i and argon2d with any parameters, as the reference implementation and Django write them. */
export const readArgon2: HashReader = (stored) => {
  if (!/^(argon2)?\$argon2/.test(stored)) return undefined;
  const [, hash, memory, passes, lanes, salt = '', digest = ''] = form.exec(stored) ?? [];
  if (hash === undefined) throw new UnusableHash('is no well-formed argon2 hash');
  const cost = { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  // RFC 9106 §3.1
  if (cost.passes < 1 || cost.lanes < 1 || cost.memory < 8 * cost.lanes)
    throw new UnusableHash('has argon2 parameters that cannot be');
  if (decodeBase64(salt).length < LEAST_SALT_BYTES || decodeBase64(digest).length < LEAST_HASH_BYTES)
    throw new UnusableHash('has a salt or a digest that is too short');
  return {
    excess: excessOf(cost),
    matches: (password, threads) => threads.run('argon2Verify', hash, password),
  };
};

function excessOf({ memory, passes }: { memory: number; passes: number }): string | undefined {
  if (memory <= MOST_MEMORY_KIB && memory * passes <= MOST_WORK_KIB) return undefined;
  return `takes ${String(memory)} KiB and ${String(passes)} passes of argon2: at most 256 MiB, and 1 GiB over all passes`;
}
