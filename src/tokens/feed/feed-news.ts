import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DenylistMirror } from '../denylist-mirror.js';

/** How often readers are told that there is nothing new. */
export const HEARTBEAT_MS = 5000;
/** Revocations that come closer together are told together. */
const TOGETHER_MS = 10;

/**
 * Wakes whoever follows the feed: when the denylist in memory has come to know a revocation, and after
 * {@link HEARTBEAT_MS} without one. All are woken at once, so that they share what is made for them.
 */
@Injectable()
export class FeedNews implements OnModuleInit, BeforeApplicationShutdown {
  /** Whether the service stops, so that nothing more comes. */
  isOver = false;
  private told = 0;
  private waiting: (() => void)[] = [];
  private pause: NodeJS.Timeout | undefined;
  private isPending = false;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly denylist: DenylistMirror) {}

  onModuleInit(): void {
    this.denylist.onNews(() => {
      this.tellSoon();
    });
    this.heartbeat = setInterval(() => {
      this.tell();
    }, HEARTBEAT_MS).unref();
  }

  /** Right before the server closes: it would wait for the streams. */
  beforeApplicationShutdown(): void {
    this.isOver = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.pause);
    this.tell();
  }

  /** How often there was news. */
  get count(): number {
    return this.told;
  }

  /** Waits until there was news since it was counted, or is time for a heartbeat. */
  since(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.told === count && !this.isOver) this.waiting.push(resolve);
      else resolve();
    });
  }

  /** The first at once, those right after it together. */
  private tellSoon(): void {
    if (this.pause) {
      this.isPending = true;
      return;
    }
    this.tell();
    this.pause = setTimeout(() => {
      this.pause = undefined;
      if (this.isPending) this.tellSoon();
    }, TOGETHER_MS).unref();
  }

  private tell(): void {
    this.isPending = false;
    this.told++;
    const woken = this.waiting;
    this.waiting = [];
    woken.forEach((wake) => {
      wake();
    });
  }
}
