const MOST_SECONDS = 3600;

/**
 * When something may be forgotten at its expiry. A clock that is put forward and back must not bring a revoked token
 * back to life, so expired means here: by the earliest of the last readings, taken at regular intervals over longer than
 * an access token lives (an hour at most). A process that has just started forgets nothing: its clock may be wrong.
 */
export class ExpiryReadings {
  /** How many readings it takes. */
  readonly count: number;
  private readonly readings: Date[] = [];

  /**
   * @param intervalSeconds between two readings
   * @param accessTokenTtl in seconds
   */
  constructor(intervalSeconds: number, accessTokenTtl: number) {
    this.count = Math.ceil(Math.min(accessTokenTtl, MOST_SECONDS) / intervalSeconds) + 1;
  }

  /** Takes a reading. @returns what has expired by then may be forgotten; undefined where there are too few readings */
  take(now: Date): Date | undefined {
    this.readings.push(now);
    if (this.readings.length > this.count) this.readings.shift();
    if (this.readings.length < this.count) return undefined;
    return this.readings.reduce((one, other) => (other < one ? other : one));
  }
}
