import type { DenylistMirror } from '../denylist-mirror.js';
import { FeedNews, HEARTBEAT_MS } from './feed-news.js';

describe('the news of the feed', () => {
  let news: FeedNews;
  let revoke: () => void;

  beforeEach(() => {
    jest.useFakeTimers();
    const denylist = { onNews: (listener: () => void) => (revoke = listener) };
    news = new FeedNews(denylist as unknown as DenylistMirror);
    news.onModuleInit();
  });
  afterEach(() => {
    news.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const isWoken = async (wait: Promise<void>) => {
    let woken = false;
    void wait.then(() => (woken = true));
    await jest.advanceTimersByTimeAsync(0);
    return woken;
  };

  it('wake all who wait, at the first revocation', async () => {
    const waits = [news.since(news.count), news.since(news.count)];
    expect(await isWoken(waits[0]!)).toBe(false);
    revoke();
    for (const wait of waits) expect(await isWoken(wait)).toBe(true);
  });

  it('are not missed by who was busy when they came', async () => {
    const known = news.count;
    revoke();
    expect(await isWoken(news.since(known))).toBe(true);
    expect(await isWoken(news.since(news.count))).toBe(false);
  });

  it('come together where many are revoked at once, and none is left out', async () => {
    const before = news.count;
    for (let n = 0; n < 100; n++) revoke();
    expect(news.count).toBe(before + 1);
    const wait = news.since(news.count);
    await jest.advanceTimersByTimeAsync(10);
    expect(news.count).toBe(before + 2);
    expect(await isWoken(wait)).toBe(true);
    await jest.advanceTimersByTimeAsync(100);
    expect(news.count).toBe(before + 2);
  });

  it('come without a revocation too, after a while', async () => {
    const wait = news.since(news.count);
    await jest.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
    expect(await isWoken(wait)).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await isWoken(wait)).toBe(true);
  });

  it('hold nobody up once the service stops', async () => {
    const wait = news.since(news.count);
    news.beforeApplicationShutdown();
    expect(news.isOver).toBe(true);
    expect(await isWoken(wait)).toBe(true);
    expect(await isWoken(news.since(news.count))).toBe(true);
  });
});
