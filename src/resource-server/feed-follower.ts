import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CursorRefused, FeedClient } from './feed-client.js';
import { FeedPageVerifier } from './feed-page.js';
import { OutageLog } from './outage-log.js';
import { RevocationMirror } from './revocation-mirror.js';

const ANSWERS_WITHIN_MS = 5000;
/** Between two polls, while there is no stream. */
const POLL_EVERY_MS = 1000;
/** The issuer sends a page every five seconds, whether or not there is news: a stream without any is not one. */
const SILENT_FOR_MS = 12_000;
/** Until a stream is tried again after one that brought nothing, as behind a proxy that holds it back. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** How long the start waits for the feed; without it the server starts all the same. */
const STARTS_WITHIN_MS = 3000;

/**
 * Keeps the mirror up with the feed: by its stream, and by polling for as long as there is none. A page that is not
 * genuine, or leaves something out, ends the stream; what it should have told is then asked for.
 */
@Injectable()
export class FeedFollower implements OnModuleInit, OnModuleDestroy {
  private readonly outages = new OutageLog('The feed of revocations', new Logger(FeedFollower.name));
  private readonly stopping = new AbortController();
  private underWay = new AbortController();
  private streamPause = FIRST_PAUSE_MS;
  /** On the monotonic clock. */
  private streamAgainAt = 0;
  private following: Promise<void> | undefined;

  constructor(
    private readonly client: FeedClient,
    private readonly pages: FeedPageVerifier,
    private readonly mirror: RevocationMirror,
  ) {}

  /** Waits until the feed was read to its end, so that the first requests meet a mirror that knows. */
  async onModuleInit(): Promise<void> {
    const firstRead = this.attempt('read', () => this.poll());
    this.following = firstRead.then(() => this.follow());
    await Promise.race([firstRead, sleep(STARTS_WITHIN_MS, undefined, { ref: false })]);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    this.underWay.abort();
    await this.following;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (performance.now() >= this.streamAgainAt) await this.attempt('followed', () => this.stream());
      await this.attempt('read', () => this.poll());
      await sleep(POLL_EVERY_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }

  /** Takes up what comes, until the stream ends or is silent. */
  private async stream(): Promise<void> {
    let hasCome = false;
    try {
      await this.within(SILENT_FOR_MS, async (signal, goOn) => {
        for await (const page of this.client.stream(this.mirror.cursor, signal)) {
          await this.take(page);
          this.outages.worked('read');
          this.outages.worked('followed');
          goOn();
          hasCome = true;
        }
      });
    } finally {
      this.planStream(hasCome);
    }
  }

  private planStream(hasCome: boolean): void {
    if (hasCome) this.streamPause = FIRST_PAUSE_MS;
    this.streamAgainAt = performance.now() + (hasCome ? 0 : this.streamPause);
    if (!hasCome) this.streamPause = Math.min(this.streamPause * 2, LONGEST_PAUSE_MS);
  }

  /** Takes up all that there is by now. */
  private poll(): Promise<void> {
    return this.within(ANSWERS_WITHIN_MS, async (signal, goOn) => {
      while (await this.take(await this.client.fetchPage(this.mirror.cursor, signal))) goOn();
      this.outages.worked('read');
    });
  }

  /** Ends what it asks for where it does not go on in time, and when the server stops. */
  private async within(
    ms: number,
    ask: (signal: AbortSignal, goOn: () => void) => Promise<void>,
  ): Promise<void> {
    this.stopping.signal.throwIfAborted();
    const underWay = (this.underWay = new AbortController());
    const timer = setTimeout(() => {
      underWay.abort(new Error('nothing comes'));
    }, ms).unref();
    try {
      await ask(underWay.signal, () => timer.refresh());
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns whether there is more to be had at once */
  private async take(jwt: string): Promise<boolean> {
    const page = await this.pages.verify(jwt);
    this.mirror.take(page);
    return page.more;
  }

  /** Does what may fail, since it is tried again. */
  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      if (error instanceof CursorRefused) this.mirror.startAgain();
      this.outages.failed(what, error);
    }
  }
}
