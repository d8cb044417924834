/** How busy a {@link PasswordHasher} is. */
export interface HasherLoad {
  readonly running: number;
  readonly waiting: number;
  /** How many were refused since the start, as too many waited. */
  readonly refused: number;
}

/** Turns passwords into hashes that can be kept, and checks them. Tests put a quick one in its place. */
export abstract class PasswordHasher {
  abstract readonly load: HasherLoad;

  /**
   * Refuses work that could not be done, before anything is spent on it.
   * @throws AppError overloaded when too many hashes wait already.
   */
  abstract requireRoom(): void;

  /** @throws AppError overloaded when too many hashes wait already. */
  abstract hash(password: string): Promise<string>;

  /**
   * Whether the password is the one that was hashed, here or by another system. Without a hash, for a user who does not
   * exist, the answer is false after the work of a hash of this system: or the time it takes would tell which users
   * exist. So is it with a stored text that is no hash.
   * @throws AppError overloaded when too many hashes wait already.
   */
  abstract verify(password: string, hash: string | undefined): Promise<boolean>;

  /** Whether the hash is any other than {@link hash} would make now: of another system, or of other parameters. */
  abstract isOutdated(hash: string): boolean;
}
