import fc from 'fast-check';
import { RedisWindows } from '../../src/auth/budgets/redis-windows.js';
import { SlidingWindow } from '../../src/auth/budgets/sliding-window.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';
import { RedisServer } from '../support/redis-server.js';

const MINUTE = 60_000;
const START = Date.parse('2026-03-01T12:00:00Z');

describe('a window in Redis', () => {
  let redis: RedisServer;
  let windows: RedisWindows;
  let made = 0;
  const newKey = () => `key-${String(made++)}`;

  beforeAll(async () => {
    redis = await RedisServer.prepare();
    await redis.start();
    windows = new RedisWindows(redis.url, new Telemetry());
    await windows.connect();
  });
  afterAll(async () => {
    await windows.close();
    await redis.stop();
  });

  it('decides, counts and tells the wait as one in memory does, step by step, and after a copy', async () => {
    const step = fc.record({
      wait: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 2 * MINUTE })),
      copied: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 100 }),
        fc.integer({ min: 1, max: 20 }),
        // Redis forgets a key by its own clock, which goes on while the simulated one stands still.
        fc.integer({ min: MINUTE / 2, max: 2 * MINUTE }),
        async (steps, limit, ttl) => {
          let key = newKey();
          let window = new SlidingWindow(ttl);
          let now = START;
          for (const { wait, copied } of steps) {
            now += wait;
            if (copied) {
              const other = newKey();
              await windows.copy(key, other);
              key = other;
              window = new SlidingWindow(ttl, window.copyHits());
            }
            const taken = window.take(limit, now);
            const due = { taken, count: window.count(now), wait: window.waitFor(limit, now) };
            expect(await windows.take(key, ttl, limit, now)).toEqual(due);
          }
        },
      ),
    );
  });

  it('holds its limit for clocks that differ, in any window shorter by the difference', async () => {
    const ahead = 5000;
    const steps = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 20_000 }), skew: fc.constantFrom(0, ahead) }),
      { maxLength: 100 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (requests, limit) => {
        const key = newKey();
        const taken: number[] = [];
        let now = START;
        for (const { wait, skew } of requests) {
          now += wait;
          const answer = await windows.take(key, MINUTE, limit, now + skew);
          expect(answer.wait).toBeLessThanOrEqual(MINUTE);
          if (answer.taken) taken.push(now);
        }
        for (const last of taken) {
          const inWindow = taken.filter((at) => at > last - (MINUTE - ahead) && at <= last);
          expect(inWindow.length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('stays small under a high limit', async () => {
    const key = newKey();
    for (let now = START; now < START + MINUTE; now += 50) await windows.take(key, MINUTE, 1_000_000, now);
    const kept = JSON.parse((await redis.client.get(`gatehouse:throttle:${key}`)) ?? '[]') as unknown[];
    expect(kept.length).toBeGreaterThan(90);
    expect(kept.length).toBeLessThanOrEqual(102);
  });

  it('is gone by itself when nothing of it counts any more', async () => {
    const key = newKey();
    await windows.take(key, MINUTE, 1, START);
    const before = await redis.client.pttl(`gatehouse:throttle:${key}`);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThanOrEqual(MINUTE);
    // A refusal does not keep it any longer.
    await windows.take(key, MINUTE, 1, START + 1);
    expect(await redis.client.pttl(`gatehouse:throttle:${key}`)).toBeLessThanOrEqual(before);
  });

  it('lets through exactly the limit however many ask at once', async () => {
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 50 }, () => windows.take(key, MINUTE, 7, START)));
    expect(answers.filter(({ taken }) => taken)).toHaveLength(7);
  });

  it('takes what Redis has forgotten, the script included, for new', async () => {
    const key = newKey();
    expect(await windows.take(key, MINUTE, 1, START)).toMatchObject({ taken: true });
    await redis.client.multi().flushall().script('FLUSH').exec();
    expect(await windows.take(key, MINUTE, 1, START)).toMatchObject({ taken: true });
  });
});
