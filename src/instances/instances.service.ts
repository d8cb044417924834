import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LessThan, MoreThan, Not } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { addSeconds, Clock } from '../time/clock.js';
import { every } from '../time/every.js';
import { Bell } from './bell.js';
import { Instance, type InstanceFacts } from './instance.entity.js';

/** How long an instance may rely on its last look at the revocations, in ms. */
export const TRUST_MS = 1000;
const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 32;
export const BEAT_EVERY_MS = 5000;
const LIVES_FOR_SECONDS = 15;

/**
 * The instances that serve from this database, each a row. A revocation is answered once every other instance refuses
 * what it revoked: it has acknowledged so, or it has not looked for so long that it must look again before it accepts
 * anything ({@link TRUST_MS}). No clocks are compared for that.
 *
 * A process that serves no requests, such as the command line, is no instance; it waits for those that are.
 */
@Injectable()
export class Instances implements OnApplicationShutdown {
  readonly id = randomUUID();
  private readonly logger = new Logger(Instances.name);
  private readonly startedAt: Date;
  private readonly facts = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly work: UnitOfWork,
    private readonly bell: Bell,
    private readonly clock: Clock,
    private readonly host: HttpAdapterHost,
  ) {
    this.startedAt = clock.now();
  }

  /** What this instance says of itself. */
  get own(): InstanceFacts {
    return Object.fromEntries(this.facts);
  }

  /** Says something of this instance, or takes it back. The others learn it with the next beat. */
  tell(facts: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(facts)) {
      if (value === undefined) this.facts.delete(name);
      else this.facts.set(name, value);
    }
  }

  /**
   * Makes sure that this instance is waited for. To be asked before a look at the revocations that is to be relied on.
   * @returns whether it was not, until now: it has acknowledged nothing yet
   */
  async announce(): Promise<boolean> {
    if (!this.serves) return false;
    const known = await this.work.read((manager) => manager.existsBy(Instance, { id: this.id }));
    if (!known) await this.register();
    this.timer ??= every(BEAT_EVERY_MS, () => this.beat(), this.logger);
    return !known;
  }

  /**
   * Says that all revocations up to this one are refused here.
   * @returns false where nobody has waited for this instance any longer: it has to announce itself and look again
   */
  async acknowledge(seq: number): Promise<boolean> {
    if (!this.serves) return true;
    return this.work.runNext(async (manager) => {
      const { affected } = await manager.update(Instance, { id: this.id }, { acknowledgedSeq: seq });
      return affected === 1;
    });
  }

  /** Waits until every other instance refuses what was revoked up to this number, at most {@link TRUST_MS}. Never throws. */
  async untilRefusedByAll(seq: number): Promise<void> {
    const committed = performance.now();
    this.bell.ring();
    const waits = () => TRUST_MS - (performance.now() - committed);
    let pause = FIRST_PAUSE_MS;
    while (waits() > 0) {
      const late = sleep(waits(), false, { ref: false });
      if (await Promise.race([this.isRefusedByAll(seq), late])) return;
      await sleep(Math.min(pause, Math.max(waits(), 0)));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
    this.dropSilent(seq);
  }

  /** The other instances that have lately shown to live. */
  findOthers(): Promise<Instance[]> {
    const seenAt = MoreThan(addSeconds(this.clock.now(), -LIVES_FOR_SECONDS));
    return this.work.read((manager) => manager.findBy(Instance, { id: Not(this.id), seenAt }));
  }

  /** Those of the others that were there before this one. */
  async findElders(): Promise<Instance[]> {
    const own = [this.startedAt.getTime(), this.id] as const;
    const others = await this.findOthers();
    return others.filter(({ startedAt, id }) => isBefore([startedAt.getTime(), id], own));
  }

  /** Does what one instance at a time has to do, unless an elder one does it. */
  async ifEldest(work: () => Promise<void>): Promise<void> {
    if ((await this.findElders()).length === 0) await work();
  }

  /** Says that this instance lives, and what it says of itself. */
  async beat(): Promise<void> {
    if (!this.serves) return;
    const row = { seenAt: this.clock.now(), facts: this.own };
    await this.work.runStatement((manager) => manager.update(Instance, { id: this.id }, row));
  }

  onApplicationShutdown(): Promise<void> {
    return this.leave();
  }

  /** Says that this instance serves no more. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    if (this.serves) await this.work.runStatement((manager) => manager.delete(Instance, { id: this.id }));
  }

  private get serves(): boolean {
    return Boolean(this.host.httpAdapter as unknown);
  }

  private async register(): Promise<void> {
    const now = this.clock.now();
    const row = { id: this.id, startedAt: this.startedAt, seenAt: now, acknowledgedSeq: 0, facts: this.own };
    await this.work.runStatement((manager) => manager.insert(Instance, row));
  }

  /** Whether all have said so; not, where the database cannot be asked. */
  private async isRefusedByAll(seq: number): Promise<boolean> {
    const behind = { id: Not(this.id), acknowledgedSeq: LessThan(seq) };
    try {
      return !(await this.work.read((manager) => manager.existsBy(Instance, behind)));
    } catch {
      return false;
    }
  }

  /** Those who have not looked for so long are gone, or will announce themselves anew: nobody has to wait for them again. */
  private dropSilent(seq: number): void {
    this.work
      .runStatement((manager) =>
        manager.delete(Instance, { id: Not(this.id), acknowledgedSeq: LessThan(seq) }),
      )
      .catch((error: unknown) => {
        this.logger.error(error);
      });
  }
}

function isBefore(one: readonly [number, string], other: readonly [number, string]): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}
