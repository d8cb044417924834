import type { Options } from '@node-rs/argon2';
import type { ScryptOptions } from 'node:crypto';

/** What takes so long that no thread may do it that anybody else waits for. */
export interface SlowFunctions {
  argon2Hash(password: string, options: Options): string;
  argon2Verify(hash: string, password: string): boolean;
  bcryptVerify(password: string, hash: string): boolean;
  pbkdf2(password: string, salt: Uint8Array, iterations: number, length: number, digest: string): Uint8Array;
  scrypt(password: string, salt: Uint8Array, length: number, options: ScryptOptions): Uint8Array;
}

export type SlowName = keyof SlowFunctions;

export interface SlowTask<N extends SlowName = SlowName> {
  readonly name: N;
  readonly values: Parameters<SlowFunctions[N]>;
}

/** A value, or what was thrown. */
export type SlowOutcome =
  { readonly value: ReturnType<SlowFunctions[SlowName]> } | { readonly error: unknown };
