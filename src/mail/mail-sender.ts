import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { LessThanOrEqual, type EntityManager } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { addSeconds, Clock } from '../time/clock.js';
import type { Letter } from './letter.js';
import { MailRefusedForGood, MailTransport } from './mail-transport.js';
import { OutboundMail } from './outbound-mail.entity.js';

/** Says what a mail of a kind says, when it is about to leave; nothing where there is nothing to say any more. */
export type Composer = (manager: EntityManager, mail: OutboundMail) => Promise<Letter | undefined>;

/**
 * The one clock of it: were it woken by the request that asks for a mail, the time of the answer, or of the next, would
 * tell whether there was anything to send.
 */
const LOOK_EVERY_MS = 250;
const AT_ONCE = 5;
/** A mail that a slow server has not taken by then is tried again after the next start. */
const STOP_WITHIN_MS = 3000;
/** Longer than any try can take: who dies in one is tried again after it. */
const TRY_SECONDS = 120;
const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 600;
const GIVE_UP_AFTER_SECONDS = 3 * 86_400;

/**
 * Sends what is due, and what could not be sent again later, in growing pauses. A mail leaves the queue once the server
 * has taken it: a crash in between sends it a second time, under the same Message-ID.
 */
@Injectable()
export class MailSender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MailSender.name);
  private readonly composers = new Map<string, Composer>();
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> | undefined;
  private isOver = false;

  constructor(
    private readonly work: UnitOfWork,
    private readonly transport: MailTransport,
    private readonly telemetry: Telemetry,
    private readonly clock: Clock,
  ) {}

  composeWith(kind: string, composer: Composer): void {
    this.composers.set(kind, composer);
  }

  /** How many mails have not been sent yet, those of other instances included. */
  countWaiting(): Promise<number> {
    return this.work.read((manager) => manager.count(OutboundMail));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.isOver = true;
    await Promise.race([this.pass, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
  }

  /** Looks for mails that are due, unless an earlier look is still at it. */
  private look(): void {
    this.pass ??= this.sendDue()
      .catch((error: unknown) => {
        // After the stop the database is closed to who was still sending.
        if (!this.isOver) this.logger.error(error);
      })
      .finally(() => {
        this.pass = undefined;
      });
  }

  private async sendDue(): Promise<void> {
    let due: OutboundMail[];
    do {
      if (this.isOver) return;
      due = await this.findDue();
      await Promise.all(due.map((mail) => this.send(mail)));
    } while (due.length === AT_ONCE);
  }

  private findDue(): Promise<OutboundMail[]> {
    return this.work.read((manager) =>
      manager.find(OutboundMail, {
        where: { nextAttemptAt: LessThanOrEqual(this.clock.now()) },
        order: { nextAttemptAt: 'ASC' },
        take: AT_ONCE,
      }),
    );
  }

  private async send(mail: OutboundMail): Promise<void> {
    try {
      const letter = await this.claim(mail);
      if (!letter) return;
      await this.transport.send(letter, mail.id);
      this.telemetry.emit('mailed', 'sent');
      await this.forget(mail);
    } catch (error) {
      if (!(error instanceof MailTaken)) await this.retry(mail, error);
    }
  }

  /**
   * Of several instances one gets the mail. What it says is made in the same unit: a token in it holds, or it is not sent.
   * It is made first, as it locks the account: whoever changes an account does so too before they touch its mails.
   */
  private claim(mail: OutboundMail): Promise<Letter | undefined> {
    const { cause, id } = mail;
    const nextAttemptAt = mail.nextAttemptAt.getTime();
    return this.work.run(async (manager) => {
      const letter = await this.composers.get(mail.kind)?.(manager, mail);
      const claimed = await manager
        .createQueryBuilder()
        .update(OutboundMail)
        .set({ attempts: mail.attempts + 1, nextAttemptAt: addSeconds(this.clock.now(), TRY_SECONDS) })
        .where({ cause, id })
        .andWhere('next_attempt_at = :nextAttemptAt', { nextAttemptAt })
        .execute();
      if (claimed.affected !== 1) throw new MailTaken();
      if (!letter) await manager.delete(OutboundMail, { cause, id });
      return letter;
    });
  }

  /** By id: the cause may have come again meanwhile, and that mail is due still. */
  private async forget({ cause, id }: OutboundMail): Promise<void> {
    await this.work.runStatement((manager) => manager.delete(OutboundMail, { cause, id }));
  }

  private async retry(mail: OutboundMail, error: unknown): Promise<void> {
    const now = this.clock.now();
    const isHopeless =
      error instanceof MailRefusedForGood || addSeconds(mail.createdAt, GIVE_UP_AFTER_SECONDS) <= now;
    const next = isHopeless ? undefined : addSeconds(now, pauseAfter(mail.attempts));
    // The address stays out of the log, and so does the server's text, which may repeat it.
    this.logger.warn(
      `Could not send mail ${mail.id} (${mail.kind}): ${codeOf(error)}; ${next ? `trying again at ${next.toISOString()}` : 'given up'}`,
    );
    this.telemetry.emit('mailed', next ? 'failed' : 'given_up');
    if (!next) return this.forget(mail);
    const { cause, id } = mail;
    await this.work.runStatement((manager) =>
      manager.update(OutboundMail, { cause, id }, { nextAttemptAt: next }),
    );
  }
}

/** Somebody else has claimed the mail, or it is gone: what was made for it is to be undone. */
class MailTaken extends Error {}

function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_SECONDS * 2 ** attempts, LONGEST_PAUSE_SECONDS);
}

function codeOf(error: unknown): string {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return [code, responseCode].filter((part) => part !== undefined).join(' ') || (error as Error).name;
}
