import type { ThrottlerStorage } from '@nestjs/throttler';

export type Tally = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** What became of one request in a sliding window. */
export interface Counted {
  readonly taken: boolean;
  /** How many there are in the window that ends now. */
  readonly count: number;
  /** How long until one more fits under the limit, in ms. */
  readonly wait: number;
}

/** The counters of `@nestjs/throttler`. Keys are digests; windows are in ms, the times of a tally in seconds. */
export abstract class ThrottleCounters implements ThrottlerStorage {
  /** Counts a request, unless it is one too many. */
  abstract increment(key: string, ttl: number, limit: number): Promise<Tally>;

  /** As {@link increment}, without a wait. @returns undefined, and nothing is counted, where others have to be asked */
  abstract incrementNow(key: string, ttl: number, limit: number): Tally | undefined;

  /** Lets one counter begin with what another has counted. */
  abstract copy(from: string, to: string, ttl: number): Promise<void>;
}

/** What the library asks to know. There is no penalty on top of a limit, so that both times are one. */
export function tally({ taken, count, wait }: Counted): Tally {
  const seconds = Math.ceil(wait / 1000);
  return {
    totalHits: count + (taken ? 0 : 1),
    timeToExpire: seconds,
    isBlocked: !taken,
    timeToBlockExpire: seconds,
  };
}
