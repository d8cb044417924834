import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { invalidCursor } from '../../http/cursor.js';
import { Clock } from '../../time/clock.js';
import { lastNumberGiven, loadRevoked } from '../revoked-page.js';
import { feedCursor, feedPosition } from './feed-cursor.js';
import { FeedNews } from './feed-news.js';
import { FeedSigner } from './feed-signer.js';

/** Some 100 KiB of a page. */
const MOST_REVOCATIONS = 1000;

/** A page of the feed, as it is sent. */
export interface FeedPage {
  /** The signed page (RFC 7519). */
  readonly jwt: string;
  /** Where the next page begins, and how a reader calls it. */
  readonly position: number;
  readonly cursor: string | null;
  /** Whether that page has more already. */
  readonly hasMore: boolean;
  readonly isEmpty: boolean;
}

/**
 * What is revoked and not yet expired, in the order of commits: who has seen a number has seen all before it, at
 * whichever instance. What is swept meanwhile has expired, so that a cursor is good for ever.
 */
@Injectable()
export class RevocationFeed {
  private readonly underWay = new Map<string, Promise<FeedPage>>();

  constructor(
    private readonly work: UnitOfWork,
    private readonly news: FeedNews,
    private readonly signer: FeedSigner,
    private readonly clock: Clock,
  ) {}

  /**
   * Where a reader goes on.
   * @throws AppError validation_failed for a cursor that was never given out, or not by this database, as it is after an
   * older backup of it was restored: its numbers would be given to other revocations
   */
  async requirePosition(cursor: string | undefined): Promise<number> {
    const position = feedPosition(cursor);
    if (position > 0 && position > (await this.work.read(lastNumberGiven))) throw invalidCursor('since');
    return position;
  }

  /** The signed page after a cursor. @throws AppError validation_failed */
  async read(cursor: string | undefined): Promise<string> {
    const { jwt } = await this.pageAfter(await this.requirePosition(cursor));
    return jwt;
  }

  /** The page after a position. Those who want the same one at once share it. */
  pageAfter(position: number): Promise<FeedPage> {
    // Who knows of later news must not be given what was read before it.
    const key = `${String(position)} ${String(this.news.count)}`;
    const page =
      this.underWay.get(key) ??
      this.makePage(position).finally(() => {
        this.underWay.delete(key);
      });
    this.underWay.set(key, page);
    return page;
  }

  private async makePage(position: number): Promise<FeedPage> {
    // Before it is read: all that was committed until then is in it.
    const asOf = this.clock.now();
    // In turn with the writers: on SQLite one could see what is not committed.
    const { entries, lastSeq, isFull } = await this.work.runNext((manager) =>
      loadRevoked(manager, position, MOST_REVOCATIONS, asOf),
    );
    const revoked = [...entries];
    const cursor = feedCursor(lastSeq);
    const jwt = this.signer.sign({ since: feedCursor(position), cursor, hasMore: isFull, revoked, asOf });
    return { jwt, cursor, position: lastSeq, hasMore: isFull, isEmpty: revoked.length === 0 };
  }
}
