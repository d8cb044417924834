/** Which passwords are known from data breaches, and so are tried first (NIST SP 800-63B §3.1.1.2). */
export abstract class BreachedPasswords {
  /** @throws Error where the list cannot be asked */
  abstract has(password: string): Promise<boolean>;
}

/** None is known, where no list is set. */
export class NoBreachedPasswords extends BreachedPasswords {
  has(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
