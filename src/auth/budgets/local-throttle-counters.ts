import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { inBatches } from '../../database/batches.js';
import { deleteExpired } from '../../database/delete-expired.js';
import type { UnitOfWork } from '../../database/unit-of-work.js';
import type { Instances } from '../../instances/instances.service.js';
import type { Clock } from '../../time/clock.js';
import { every } from '../../time/every.js';
import { SlidingWindow } from './sliding-window.js';
import { ThrottleCounter } from './throttle-counter.entity.js';
import { tally, ThrottleCounters, type Tally } from './throttle-counters.js';

const WRITE_EVERY_MS = 1000;
const SWEEP_EVERY_MS = 60_000;
const ROWS_A_PAGE = 1000;
const ROWS_A_STATEMENT = 100;
/** Beyond it the oldest go: whoever comes from ever new addresses must not fill the memory. */
const MOST_COUNTERS = 200_000;

/**
 * The counters of one instance, in memory. What changed is written once a second, together, and loaded at start: a
 * restart forgives nobody, a crash at most the last second.
 */
export class LocalThrottleCounters extends ThrottleCounters implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(LocalThrottleCounters.name);
  private readonly windows = new Map<string, SlidingWindow>();
  private readonly unwritten = new Set<string>();
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly work: UnitOfWork,
    private readonly instances: Instances,
    private readonly clock: Clock,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    this.instances.tell({ limits: 'process' });
    await this.load();
    this.timers = [
      every(WRITE_EVERY_MS, () => this.write(), this.logger),
      every(SWEEP_EVERY_MS, () => this.sweep(), this.logger),
    ];
  }

  /** Later than the rest: until the server is closed, requests are counted. */
  async onApplicationShutdown(): Promise<void> {
    this.timers.forEach(clearInterval);
    await this.write();
  }

  increment(key: string, ttl: number, limit: number): Promise<Tally> {
    return Promise.resolve(this.incrementNow(key, ttl, limit));
  }

  incrementNow(key: string, ttl: number, limit: number): Tally {
    const now = this.clock.now().getTime();
    const window = this.windowOf(key, ttl);
    const taken = window.take(limit, now);
    if (taken) this.unwritten.add(key);
    const counted = { taken, count: window.count(now), wait: window.waitFor(limit, now) };
    return tally(counted);
  }

  copy(from: string, to: string, ttl: number): Promise<void> {
    this.keep(to, new SlidingWindow(ttl, this.windowOf(from, ttl).copyHits()));
    this.unwritten.add(to);
    return Promise.resolve();
  }

  /** Forgets what counts no more, in memory and in the database. */
  async sweep(): Promise<void> {
    const now = this.clock.now();
    for (const [key, { expiresAt }] of this.windows) if (expiresAt <= now.getTime()) this.windows.delete(key);
    await this.instances.ifEldest(() => deleteExpired(this.work, ThrottleCounter, 'key', now));
  }

  private async load(): Promise<void> {
    let rows: ThrottleCounter[] = [];
    do {
      const after = rows.at(-1)?.key ?? '';
      rows = await this.work.runStatement((manager) =>
        manager.find(ThrottleCounter, {
          where: { key: MoreThan(after), expiresAt: MoreThan(this.clock.now()) },
          order: { key: 'ASC' },
          take: ROWS_A_PAGE,
        }),
      );
      for (const { key, hits, expiresAt } of rows) {
        const ttl = expiresAt.getTime() - (hits.at(-1)?.[0] ?? 0);
        this.keep(key, new SlidingWindow(ttl, hits));
      }
    } while (rows.length === ROWS_A_PAGE);
  }

  private async write(): Promise<void> {
    // In one order, so that no two instances wait for each other's rows.
    const changed = [...this.unwritten].sort().flatMap((key) => {
      const window = this.windows.get(key);
      return window ? { key, hits: window.copyHits(), expiresAt: new Date(window.expiresAt) } : [];
    });
    this.unwritten.clear();
    for (const rows of inBatches(changed, ROWS_A_STATEMENT))
      await this.work.runStatement((manager) => manager.upsert(ThrottleCounter, rows, ['key']));
  }

  private windowOf(key: string, ttl: number): SlidingWindow {
    return this.windows.get(key) ?? this.keep(key, new SlidingWindow(ttl));
  }

  private keep(key: string, window: SlidingWindow): SlidingWindow {
    this.windows.set(key, window);
    const [oldest] = this.windows.size > MOST_COUNTERS ? this.windows.keys() : [];
    if (oldest !== undefined) this.windows.delete(oldest);
    return window;
  }
}
