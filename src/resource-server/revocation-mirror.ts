import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import type { AccessTokenClaims } from './access-token.js';
import type { FeedPage } from './feed-page.js';
import { Refusal } from './refusal.js';
import { ResourceServerSettings } from './resource-server-options.js';

const FORGETS_EVERY_MS = 60_000;

/** A page that does not come after what is known: something between would be missed. */
export class FeedGap extends Error {}

/** What the issuer has revoked, in memory. */
@Injectable()
export class RevocationMirror {
  /** Until when each matters, in seconds. */
  private readonly revoked = new Map<string, number>();
  private place: string | null = null;
  /** When the issuer made the last page that was the end of the feed, by its clock, in ms. */
  private asOf = -Infinity;
  /** When that came, on the monotonic clock. */
  private heardAt = -Infinity;
  /** The latest that the clock of the issuer is known to have been at, in seconds: it leaves out what has expired. */
  private issuerClock = -Infinity;
  private forgottenAt = 0;

  constructor(
    private readonly settings: ResourceServerSettings,
    private readonly clock: Clock,
  ) {}

  /** How long ago everything was known that was revoked; Infinity before the first time. */
  get ageMs(): number {
    // A clock that stands still, or is set back, makes nothing younger.
    return Math.max(0, this.clock.now().getTime() - this.asOf, performance.now() - this.heardAt);
  }

  /** Whether it is younger than `maxStaleness`. */
  get isCurrent(): boolean {
    return this.ageMs <= this.settings.maxStaleness * 1000;
  }

  /** How many tokens and sessions are known to be revoked. */
  get size(): number {
    return this.revoked.size;
  }

  /** Where the feed goes on. */
  get cursor(): string | null {
    return this.place;
  }

  /**
   * @throws Refusal token_revoked; token_expired by the clock of the issuer, which does not tell any more whether it was
   * revoked; overloaded where nobody can tell, and `onStale` is to refuse then
   */
  requireNotRevoked({ jti, sid, exp }: Pick<AccessTokenClaims, 'jti' | 'sid' | 'exp'>): void {
    if (this.revoked.has(jti) || this.revoked.has(sid)) throw new Refusal('token_revoked');
    if (exp <= this.issuerClock) throw new Refusal('token_expired');
    if (this.settings.onStale === 'refuse' && !this.isCurrent) throw new Refusal('overloaded');
  }

  /** @throws FeedGap where the page comes after another cursor */
  take({ since, cursor, more, revoked, iat }: FeedPage): void {
    if (since !== this.place) throw new FeedGap('the page comes after another one than the last');
    for (const { id, exp } of revoked) this.revoked.set(id, Math.max(exp, this.revoked.get(id) ?? 0));
    this.place = cursor;
    this.issuerClock = Math.max(this.issuerClock, iat);
    if (!more && iat * 1000 >= this.asOf) {
      this.asOf = iat * 1000;
      this.heardAt = performance.now();
    }
    this.forgetExpired();
  }

  /** Goes back to the beginning of the feed. What is known to be revoked stays so. */
  startAgain(): void {
    this.place = null;
  }

  /** By the clock of the issuer, as tokens are refused: ours may be put forward, and back. */
  private forgetExpired(): void {
    if (performance.now() < this.forgottenAt + FORGETS_EVERY_MS) return;
    this.forgottenAt = performance.now();
    for (const [id, exp] of this.revoked) if (exp <= this.issuerClock) this.revoked.delete(id);
  }
}
