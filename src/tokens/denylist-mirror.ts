import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { Bell } from '../instances/bell.js';
import { Instances, TRUST_MS } from '../instances/instances.service.js';
import type { CutReason } from './cut-reason.js';
import { DenylistTable, type DenylistEntry } from './denylist-table.js';
import { countRevoked, loadRevoked, type RevokedPage } from './revoked-page.js';

/** Before the first number. */
const NONE = -1;
const LOOK_EVERY_MS = 250;
const ASKS_FOR_MS = 2000;
const RETRY_SECONDS = 1;

/**
 * The denylist in memory. It is relied on for {@link TRUST_MS} after the start of the last look at the database, in which
 * whoever revokes waits for it; then nothing is accepted before the next look. Looks are frequent, so that no request
 * waits for one unless the database is away or the process was held up.
 */
@Injectable()
export class DenylistMirror implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(DenylistMirror.name);
  private readonly entries = new DenylistTable();
  private lastSeq = 0;
  private acknowledgedSeq = NONE;
  /** On the monotonic clock, in ms. */
  private trustedUntil = 0;
  private look: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly work: UnitOfWork,
    private readonly instances: Instances,
    private readonly bell: Bell,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  async onModuleInit(): Promise<void> {
    this.entries.expect(await this.work.read((manager) => countRevoked(manager)));
    await this.lookNow();
    this.bell.onRing(() => {
      this.lookAgain();
    });
    this.goOn();
  }

  /** Later than the rest: until the server is closed, tokens are checked. */
  onApplicationShutdown(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  /** Whether {@link find} can be relied on at this moment. */
  isCurrent(): boolean {
    return performance.now() < this.trustedUntil;
  }

  /** @throws AppError overloaded where the database cannot tell in time what was revoked */
  async requireCurrent(): Promise<void> {
    if (this.isCurrent()) return;
    // The look that is under way may be too old by the time it ends.
    await this.lookInTime();
    if (!this.isCurrent()) await this.lookInTime();
    if (!this.isCurrent()) throw tooLate();
  }

  /** Why a token or session is refused. To be relied on only right after {@link requireCurrent}. */
  find(id: string): CutReason | undefined {
    return this.entries.find(id);
  }

  /** Takes up what was revoked, which is durable already. */
  remember(entries: Iterable<DenylistEntry>): void {
    for (const entry of entries) this.entries.remember(entry);
    this.listeners.forEach((listener) => {
      listener();
    });
  }

  /** Has a listener called whenever something was revoked, here or elsewhere: it may have heard of it before. */
  onNews(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Forgets what had expired then; expired tokens are refused for that. */
  forgetExpired(then: Date): Promise<void> {
    return this.entries.forgetExpired(then);
  }

  /** Takes up what was revoked by anybody since the last look, or joins the look that is under way. */
  lookNow(): Promise<void> {
    this.look ??= this.takeUp().finally(() => {
      this.look = undefined;
    });
    return this.look;
  }

  private async lookInTime(): Promise<void> {
    const late = sleep(ASKS_FOR_MS, 'late', { ref: false });
    if ((await Promise.race([this.lookNow(), late])) === 'late') throw tooLate();
  }

  private async takeUp(): Promise<void> {
    let since: number;
    do {
      since = performance.now();
      if (await this.instances.announce()) this.acknowledgedSeq = NONE;
      await this.load();
    } while (!(await this.acknowledge(this.lastSeq)));
    this.trustedUntil = since + TRUST_MS;
  }

  private async load(): Promise<void> {
    let page: RevokedPage;
    do {
      page = await this.loadAfter(this.lastSeq);
      if (page.lastSeq > this.lastSeq) this.remember(page.entries);
      this.lastSeq = page.lastSeq;
    } while (page.isFull);
  }

  /** In turn with the writers: an entry seen in a unit that fails would hold, and the next with its number be missed. */
  private loadAfter(seq: number): Promise<RevokedPage> {
    return this.work.runNext((manager) => loadRevoked(manager, seq));
  }

  /** @returns false where nobody waits for this instance any longer: what it has seen is not to be relied on */
  private async acknowledge(seq: number): Promise<boolean> {
    if (seq <= this.acknowledgedSeq) return true;
    if (!(await this.instances.acknowledge(seq))) return false;
    this.acknowledgedSeq = seq;
    return true;
  }

  /** A look that is under way may have missed what was rung for. */
  private lookAgain(): void {
    (this.look ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => this.lookNow())
      .catch((error: unknown) => {
        this.logger.error(error);
      });
  }

  private goOn(): void {
    if (this.isOver) return;
    this.timer = setTimeout(() => {
      this.lookNow()
        .catch((error: unknown) => {
          this.logger.error(error);
        })
        .finally(() => {
          this.goOn();
        });
    }, LOOK_EVERY_MS).unref();
  }
}

function tooLate(): AppError {
  return new AppError('overloaded', {
    retryAfter: RETRY_SECONDS,
    detail: 'the database did not tell in time what was revoked',
  });
}
