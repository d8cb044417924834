import type { HashThreads } from '../hash-threads/hash-threads.js';
import { UnusableHash } from './stored-hash.js';

const MIB = 1024 * 1024;
const MOST_MEMORY = 256 * MIB;
const MOST_WORK = 1024 * MIB;

/** The parameters of scrypt by their names in RFC 7914 §2. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** scrypt (RFC 7914), in one of the threads. */
export function scryptKey(
  threads: HashThreads,
  password: string,
  salt: Buffer,
  cost: ScryptCost,
  length: number,
): Promise<Uint8Array> {
  // What OpenSSL counts is somewhat more than the table itself.
  return threads.run('scrypt', password, salt, length, { ...cost, maxmem: 2 * memoryOf(cost) + MIB });
}

/** @throws UnusableHash where there is no scrypt with these parameters. */
export function requireScryptCost({ N, r, p }: ScryptCost): void {
  if (N < 2 || !Number.isInteger(Math.log2(N)) || r < 1 || p < 1)
    throw new UnusableHash('has scrypt parameters that cannot be');
}

/** What of these parameters is beyond the bounds of a sign-in. */
export function excessOf(cost: ScryptCost): string | undefined {
  const memory = memoryOf(cost);
  if (memory <= MOST_MEMORY && memory * cost.p <= MOST_WORK) return undefined;
  const { N, r, p } = cost;
  return `takes scrypt with N=${String(N)}, r=${String(r)}, p=${String(p)}: at most 256 MiB, and p times that 1 GiB`;
}

function memoryOf({ N, r }: ScryptCost): number {
  return 128 * N * r;
}
