/** Turns passwords into hashes that can be kept, and checks them. Tests put a quick one in its place. */
export abstract class PasswordHasher {
  /** @throws AppError overloaded when too many hashes wait already. */
  abstract hash(password: string): Promise<string>;

  /**
   * Whether the password is the one that was hashed. Without a hash, for a user who does not exist, the answer is
   * false after the same work: or the time it takes would tell which users exist.
   * @throws AppError overloaded when too many hashes wait already.
   */
  abstract verify(password: string, hash: string | undefined): Promise<boolean>;

  /** Whether the hash was made with other parameters than those in force. */
  abstract isOutdated(hash: string): boolean;
}
