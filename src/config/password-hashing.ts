import { availableParallelism } from 'node:os';
import type { Environment } from './environment.js';

/** What a hash costs (argon2id), and how many there may be. */
export interface PasswordHashing {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
  /** How many may wait. */
  readonly queue: number;
  /** How many are made at once. */
  readonly threads: number;
}

/** One thread a core, unless the setting says otherwise. */
export function passwordHashOf(environment: Environment): PasswordHashing {
  return {
    memoryKib: Number(environment.PASSWORD_HASH_MEMORY_KIB),
    passes: Number(environment.PASSWORD_HASH_PASSES),
    lanes: Number(environment.PASSWORD_HASH_LANES),
    queue: Number(environment.PASSWORD_HASH_QUEUE),
    threads: Number(environment.PASSWORD_HASH_THREADS ?? availableParallelism()),
  };
}
