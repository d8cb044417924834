import type { HashThreads } from '../hash-threads/hash-threads.js';

/** A stored password hash of another system or of this one, taken apart. */
export interface StoredHash {
  /** What is beyond the bounds, where a check would take longer or more memory than a sign-in may: for an import to refuse. */
  readonly excess?: string | undefined;
  /** Whether this very text, not normalized, is the password: what takes long of it is done in one of the threads. */
  matches(password: string, threads: HashThreads): Promise<boolean>;
}

/**
 * Reads the hashes of one family; any other is undefined.
 * @throws UnusableHash where one of the family is malformed.
 */
export type HashReader = (stored: string) => StoredHash | undefined;

/** A stored text that no password can be checked against. Its message goes on after "password_hash", and never quotes it. */
export class UnusableHash extends Error {}
