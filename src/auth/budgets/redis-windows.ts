import { Redis, type Result } from 'ioredis';
import type { Telemetry } from '../../telemetry/telemetry.js';
import { slidingWindowScript } from './sliding-window-script.js';
import type { Counted } from './throttle-counters.js';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeFromWindow(key: string, ttl: number, limit: number, now: number): Result<number[], Context>;
  }
}

const CONNECTS_WITHIN_MS = 2000;
const ANSWERS_WITHIN_MS = 1000;

/**
 * Sliding windows in Redis. While it cannot be reached every call fails at once, or within a second where it does not
 * answer; the client reconnects by itself.
 */
export class RedisWindows {
  private readonly redis: Redis;
  /** What befell the connection. */
  private fault: Error | undefined;

  constructor(
    url: string,
    private readonly telemetry: Telemetry,
  ) {
    this.redis = new Redis(url, {
      keyPrefix: 'gatehouse:throttle:',
      lazyConnect: true,
      // Nothing waits for a connection, and nothing is asked twice: it could be counted twice.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // Each answer shows whether it can count; the client would wait for as long as Redis loads its data.
      enableReadyCheck: false,
      connectTimeout: CONNECTS_WITHIN_MS,
      commandTimeout: ANSWERS_WITHIN_MS,
      socketTimeout: ANSWERS_WITHIN_MS,
      scripts: { takeFromWindow: { lua: slidingWindowScript, numberOfKeys: 1 } },
    });
    this.redis.on('error', (fault: Error) => (this.fault = fault));
    this.redis.on('ready', () => (this.fault = undefined));
  }

  /** Waits for the first attempt to connect; further ones follow by themselves. @throws Error where it failed */
  connect(): Promise<void> {
    return this.answer(this.redis.connect());
  }

  /** Counts one more, unless there are as many already. @param ttl the window, in ms. @param now ms since 1970 */
  async take(key: string, ttl: number, limit: number, now: number): Promise<Counted> {
    const asked = this.redis.takeFromWindow(key, ttl, limit, now);
    const [taken = 0, count = 0, wait = 0] = await this.measure(asked);
    return { taken: taken === 1, count, wait };
  }

  /** Lets one window begin with what another has counted. */
  async copy(from: string, to: string): Promise<void> {
    await this.measure(this.redis.copy(from, to, 'REPLACE'));
  }

  async close(): Promise<void> {
    await this.redis.quit().catch(() => {
      this.redis.disconnect();
    });
  }

  private async measure<T>(asked: Promise<T>): Promise<T> {
    const since = performance.now();
    const tell = (outcome: 'ok' | 'error') =>
      this.telemetry.emit('redisAsked', outcome, (performance.now() - since) / 1000);
    try {
      const answer = await this.answer(asked);
      tell('ok');
      return answer;
    } catch (error) {
      tell('error');
      throw error;
    }
  }

  /** Without a connection, the client tells only that there is none: why there is none is what helps. */
  private async answer<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (this.redis.status === 'ready') throw error;
      throw this.fault ?? new Error('the connection was closed');
    }
  }
}
