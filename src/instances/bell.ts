/**
 * Lets the other instances know that something was revoked, so that they look at once. It carries no data and nothing
 * depends on it: who does not hear it looks a moment later.
 */
export abstract class Bell {
  /** Rings for all instances; never throws. */
  abstract ring(): void;

  abstract onRing(listener: () => void): void;
}

/** Where instances have nothing to ring with. */
export class SilentBell extends Bell {
  ring(): void {
    // Nobody hears it.
  }

  onRing(): void {
    // It never rings.
  }
}
