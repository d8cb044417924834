import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Instances } from '../../instances/instances.service.js';
import type { Clock } from '../../time/clock.js';
import type { LocalThrottleCounters } from './local-throttle-counters.js';
import type { RedisWindows } from './redis-windows.js';
import { tally, ThrottleCounters, type Tally } from './throttle-counters.js';

/**
 * The counters in Redis, which all instances share. While it cannot be asked, this one counts for itself, as it would
 * without Redis: nobody is kept out for that, and nobody gets more than each instance allows.
 */
export class RedisThrottleCounters extends ThrottleCounters implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RedisThrottleCounters.name);
  private isAway: boolean | undefined;

  constructor(
    private readonly windows: RedisWindows,
    private readonly local: LocalThrottleCounters,
    private readonly instances: Instances,
    private readonly clock: Clock,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    await this.local.onModuleInit();
    await this.ask(
      () => this.windows.connect(),
      () => Promise.resolve(),
    );
  }

  /** Later than the rest: until the server is closed, requests are counted. */
  async onApplicationShutdown(): Promise<void> {
    await this.local.onApplicationShutdown();
    await this.windows.close();
  }

  incrementNow(): undefined {
    return undefined;
  }

  increment(key: string, ttl: number, limit: number): Promise<Tally> {
    return this.ask(
      async () => tally(await this.windows.take(key, ttl, limit, this.clock.now().getTime())),
      () => this.local.increment(key, ttl, limit),
    );
  }

  copy(from: string, to: string, ttl: number): Promise<void> {
    return this.ask(
      () => this.windows.copy(from, to),
      () => this.local.copy(from, to, ttl),
    );
  }

  private async ask<T>(shared: () => Promise<T>, local: () => Promise<T>): Promise<T> {
    try {
      const answer = await shared();
      this.welcomeBack();
      return answer;
    } catch (error) {
      this.warnOnce(error as Error);
      return local();
    }
  }

  private welcomeBack(): void {
    if (this.isAway === false) return;
    if (this.isAway) this.logger.log('Redis counts attempts again, for all instances together');
    this.isAway = false;
    this.instances.tell({ limits: 'redis', limits_fault: undefined });
  }

  /** Says the message alone: what else the client tells of a failed command holds the password it signed in with. */
  private warnOnce({ message }: Error): void {
    if (this.isAway) return;
    this.isAway = true;
    this.logger.warn(`Redis cannot be asked (${message}): this instance counts attempts for itself`);
    this.instances.tell({ limits: 'process', limits_fault: 'Redis cannot be asked' });
  }
}
