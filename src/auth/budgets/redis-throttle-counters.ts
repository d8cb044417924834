import { Logger, type OnApplicationShutdown, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../time/clock.js';
import type { LocalThrottleCounters } from './local-throttle-counters.js';
import type { RedisWindows } from './redis-windows.js';
import { tally, ThrottleCounters, type Tally } from './throttle-counters.js';

/**
 * The counters in Redis, which all instances share. While it cannot be asked, this one counts for itself, as it would
 * without Redis: nobody is kept out for that, and nobody gets more than each instance allows.
 */
export class RedisThrottleCounters
  extends ThrottleCounters
  implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown
{
  private readonly logger = new Logger(RedisThrottleCounters.name);
  private isAway = false;

  constructor(
    private readonly windows: RedisWindows,
    private readonly local: LocalThrottleCounters,
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

  onModuleDestroy(): Promise<void> {
    return this.local.onModuleDestroy();
  }

  /** Later than the rest: until the server is closed, requests are counted. */
  onApplicationShutdown(): Promise<void> {
    return this.windows.close();
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
    if (this.isAway) this.logger.log('Redis counts attempts again, for all instances together');
    this.isAway = false;
  }

  /** Says the message alone: what else the client tells of a failed command holds the password it signed in with. */
  private warnOnce({ message }: Error): void {
    if (!this.isAway)
      this.logger.warn(`Redis cannot be asked (${message}): this instance counts attempts for itself`);
    this.isAway = true;
  }
}
