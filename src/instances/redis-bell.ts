import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Bell } from './bell.js';

const CHANNEL = 'gatehouse:revocations';
const CONNECTS_WITHIN_MS = 2000;
const RECONNECTS_AFTER_MS = 250;

/** A bell that all instances on one Redis hear. While Redis is away it is silent, and reconnects by itself. */
export class RedisBell extends Bell implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RedisBell.name);
  private readonly rope: Redis;
  private readonly ear: Redis;
  private readonly listeners: (() => void)[] = [];

  constructor(url: string) {
    super();
    this.rope = connection(url);
    this.ear = connection(url);
    this.ear.on('message', () => {
      this.listeners.forEach((listener) => {
        listener();
      });
    });
    // That Redis is away is told where it counts attempts; here nothing changes but the pace.
    for (const each of [this.rope, this.ear]) each.on('error', () => undefined);
    this.ear.on('ready', () => {
      this.listen();
    });
  }

  onModuleInit(): void {
    for (const each of [this.rope, this.ear]) void each.connect().catch(() => undefined);
  }

  ring(): void {
    void this.rope.publish(CHANNEL, '').catch(() => undefined);
  }

  onRing(listener: () => void): void {
    this.listeners.push(listener);
  }

  onApplicationShutdown(): void {
    this.rope.disconnect();
    this.ear.disconnect();
  }

  private listen(): void {
    this.ear.subscribe(CHANNEL).catch((error: unknown) => {
      this.logger.warn(`Redis does not let this instance listen: ${(error as Error).message}`);
    });
  }
}

function connection(url: string): Redis {
  return new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    connectTimeout: CONNECTS_WITHIN_MS,
    retryStrategy: () => RECONNECTS_AFTER_MS,
  });
}
