import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { AppError } from '../../errors/app-error.js';
import { frameOf, OPENING } from './event-frame.js';
import { FeedNews } from './feed-news.js';
import { RevocationFeed } from './revocation-feed.js';

/** Of one instance: each holds a connection, and at most one page. */
const MOST_STREAMS = 1000;
const RETRY_SECONDS = 5;
/** Who has not taken up a page by then is cut off; it may go on where it was. */
const TAKES_UP_WITHIN_MS = 30_000;

/**
 * The feed as streams of server-sent events. A stream asks for the next page once the last one is taken up, so what a
 * slow reader has not taken stays in the database.
 */
@Injectable()
export class RevocationStreams {
  private open = 0;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly news: FeedNews,
  ) {}

  /** How many are open. */
  get size(): number {
    return this.open;
  }

  /** Opens a stream of what comes after a cursor. @throws AppError validation_failed or overloaded */
  async follow(cursor: string | undefined): Promise<Readable> {
    const position = await this.feed.requirePosition(cursor);
    if (this.open >= MOST_STREAMS)
      throw new AppError('overloaded', { retryAfter: RETRY_SECONDS, detail: 'too many streams' });
    this.open++;
    const stream: Readable = Readable.from(
      this.frames(position, () => {
        stream.destroy();
      }),
      // One frame ahead of the connection, which holds what it has not sent.
      { objectMode: false, highWaterMark: 1 },
    );
    return stream.once('close', () => {
      this.open--;
    });
  }

  private async *frames(start: number, cutOff: () => void): AsyncGenerator<string> {
    yield OPENING;
    let position = start;
    while (!this.news.isOver) {
      const known = this.news.count;
      const page = await this.feed.pageAfter(position);
      const late = setTimeout(cutOff, TAKES_UP_WITHIN_MS).unref();
      try {
        yield frameOf(page);
      } finally {
        clearTimeout(late);
      }
      position = page.position;
      if (!page.hasMore) await this.news.since(known);
    }
  }
}
