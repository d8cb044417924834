import type { FeedNews } from './feed-news.js';
import type { FeedPage, RevocationFeed } from './revocation-feed.js';
import { RevocationStreams } from './revocation-streams.js';

/** A feed that always has more. */
class EndlessFeed {
  asked = 0;

  requirePosition(): Promise<number> {
    return Promise.resolve(0);
  }

  pageAfter(position: number): Promise<FeedPage> {
    this.asked++;
    const next = position + 1000;
    const jwt = 'x'.repeat(100_000);
    return Promise.resolve({ jwt, position: next, cursor: String(next), hasMore: true, isEmpty: false });
  }
}

const news = { isOver: false, count: 0 } as FeedNews;
const letItRun = () => jest.advanceTimersByTimeAsync(1000);

describe('the stream of a reader that takes nothing up', () => {
  let feed: EndlessFeed;
  let streams: RevocationStreams;

  beforeEach(() => {
    jest.useFakeTimers();
    feed = new EndlessFeed();
    streams = new RevocationStreams(feed as unknown as RevocationFeed, news);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('holds no more than a page', async () => {
    const stream = await streams.follow(undefined);
    expect(stream.read()).toBeNull();
    await letItRun();
    expect(String(stream.read())).toContain('retry:');
    await letItRun();
    expect(feed.asked).toBe(1);
    expect(stream.readableLength).toBeLessThan(101_000);
    stream.destroy();
  });

  it('is cut off after half a minute, and its place is free', async () => {
    const stream = await streams.follow(undefined);
    stream.read();
    await letItRun();
    stream.read();
    await jest.advanceTimersByTimeAsync(29_000);
    expect([stream.destroyed, streams.size]).toEqual([false, 1]);
    await jest.advanceTimersByTimeAsync(2000);
    expect([stream.destroyed, streams.size]).toEqual([true, 0]);
  });

  it('is one of a thousand at most', async () => {
    const open = await Promise.all(Array.from({ length: 1000 }, () => streams.follow(undefined)));
    await expect(streams.follow(undefined)).rejects.toMatchObject({
      code: 'overloaded',
      facts: { retryAfter: 5 },
    });
    open.forEach((stream) => stream.destroy());
    await letItRun();
    expect(streams.size).toBe(0);
  });
});
