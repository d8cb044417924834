import { setImmediate as othersTurn } from 'node:timers/promises';
import type { CutReason } from './cut-reason.js';
import { KEY_WORDS, readKey, spread } from './denylist-key.js';
import { DenylistShard } from './denylist-shard.js';

/** What to refuse: a token by its `jti`, or all tokens of a session by their `sid`. */
export interface DenylistEntry {
  readonly id: string;
  readonly reason: CutReason;
  readonly expiresAt: Date;
}

const SHARDS = 256;
/** How many times its part a shard may get by chance. */
const UNEVEN = 1.1;
const MOST_REASONS = 255;
/** In 2106. */
const LAST_SECOND = 2 ** 32 - 1;

/**
 * The entries of the denylist by their id, in some 50 bytes each, where a `Map` of objects takes some 500. Divided into
 * many small tables, so that a growing one, or one that is swept, holds up nobody: each has its own part of the ids.
 */
export class DenylistTable {
  private readonly shards: DenylistShard[] = [];
  /** Entries whose id is of another form, such as in a token that another service has signed with a shared secret. */
  private readonly others = new Map<string, DenylistEntry>();
  /** By their numbers, from 1 on: 0 is none. */
  private readonly reasons: (CutReason | undefined)[] = [undefined];
  private readonly key = new Uint32Array(KEY_WORDS);
  private expectedInShard = 0;

  get size(): number {
    return this.shards.reduce((sum, { size }) => sum + size, this.others.size);
  }

  /** Makes room for so many entries at once, when the first come: what grows leaves memory in pieces. */
  expect(entries: number): void {
    this.expectedInShard = (entries / SHARDS) * UNEVEN;
  }

  find(id: string): CutReason | undefined {
    if (!readKey(id, this.key)) return this.others.get(id)?.reason;
    const hash = spread(this.key);
    return this.reasons[this.shardOf(hash).find(this.key, hash)];
  }

  /** Keeps the first reason and the latest expiry of an id. */
  remember(entry: DenylistEntry): void {
    if (!readKey(entry.id, this.key)) {
      this.rememberOther(entry);
      return;
    }
    const hash = spread(this.key);
    const expires = secondsUp(entry.expiresAt);
    this.shardOf(hash).remember(this.key, hash, this.numberOf(entry.reason), expires);
  }

  /** Forgets what has expired, up to a second later than it does, and lets others have their turn meanwhile. */
  async forgetExpired(now: Date): Promise<void> {
    const second = Math.floor(now.getTime() / 1000);
    for (const [id, { expiresAt }] of this.others) if (expiresAt <= now) this.others.delete(id);
    for (const shard of Object.values(this.shards)) {
      shard.forgetExpired(second);
      await othersTurn();
    }
  }

  private rememberOther({ id, reason, expiresAt }: DenylistEntry): void {
    const known = this.others.get(id);
    if (!known || known.expiresAt < expiresAt)
      this.others.set(id, { id, reason: known?.reason ?? reason, expiresAt });
  }

  private shardOf(hash: number): DenylistShard {
    return (this.shards[hash % SHARDS] ??= new DenylistShard(this.expectedInShard));
  }

  /** A newer version, on the same database, may know other reasons than this one. */
  private numberOf(reason: CutReason): number {
    const number = this.reasons.indexOf(reason);
    if (number > 0) return number;
    if (this.reasons.length > MOST_REASONS) throw new RangeError('too many reasons to revoke a token');
    return this.reasons.push(reason) - 1;
  }
}

function secondsUp(moment: Date): number {
  return Math.min(Math.max(Math.ceil(moment.getTime() / 1000), 0), LAST_SECOND);
}
