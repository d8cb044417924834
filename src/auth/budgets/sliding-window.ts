/** When requests came: pairs of a moment, ms since 1970, and how many there were until then. The oldest first. */
export type Hits = [at: number, count: number][];

/** The requests of a moment count together: so a counter has a bounded size, however high its limit. */
export const MOMENTS_A_WINDOW = 100;

/**
 * Counts the requests of any window of `ttl` milliseconds. Never lets through more than the limit in one: requests that
 * are counted together leave the window with the last of them.
 */
export class SlidingWindow {
  private total: number;

  constructor(
    private readonly ttl: number,
    private readonly hits: Hits = [],
  ) {
    this.total = hits.reduce((sum, [, count]) => sum + count, 0);
  }

  /** Counts one more, unless there are as many already. @returns whether it was counted */
  take(limit: number, now: number): boolean {
    this.forgetBefore(now);
    if (this.total >= limit) return false;
    const last = this.hits.at(-1);
    if (last && this.momentOf(last[0]) === this.momentOf(now)) {
      last[0] = now;
      last[1]++;
    } else {
      this.hits.push([now, 1]);
    }
    this.total++;
    return true;
  }

  /** How many there were in the window that ends now. */
  count(now: number): number {
    this.forgetBefore(now);
    return this.total;
  }

  /** How long until one more fits under the limit, in ms. */
  waitFor(limit: number, now: number): number {
    let left = this.total - limit;
    for (const [at, count] of this.hits) {
      left -= count;
      if (left < 0) return Math.max(0, at + this.ttl - now);
    }
    return 0;
  }

  /** When nothing of it counts any more, ms since 1970. */
  get expiresAt(): number {
    return (this.hits.at(-1)?.[0] ?? 0) + this.ttl;
  }

  copyHits(): Hits {
    return this.hits.map(([at, count]) => [at, count]);
  }

  private momentOf(at: number): number {
    return Math.floor((at * MOMENTS_A_WINDOW) / this.ttl);
  }

  private forgetBefore(now: number): void {
    const [oldest] = this.hits;
    if (!oldest || oldest[0] + this.ttl > now) return;
    const first = this.hits.findIndex(([at]) => at + this.ttl > now);
    const gone = this.hits.splice(0, first === -1 ? this.hits.length : first);
    for (const [, count] of gone) this.total -= count;
  }
}
