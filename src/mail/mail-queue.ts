import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Clock } from '../time/clock.js';
import { OutboundMail } from './outbound-mail.entity.js';

interface DueMail {
  readonly kind: string;
  /** One mail of a cause waits at most: a newer one takes its place. Without one, each stands for itself. */
  readonly cause?: string;
  readonly recipient: string;
  /** Whose mail it is: it goes with the account. */
  readonly userId?: string;
}

/** Where mails are asked for, in the unit of work of their cause: both hold, or neither. Nobody waits for the sending. */
@Injectable()
export class MailQueue {
  constructor(private readonly clock: Clock) {}

  async add(manager: EntityManager, { kind, cause, recipient, userId }: DueMail): Promise<void> {
    const id = randomUUID();
    const now = this.clock.now();
    const mail = { cause: `${kind} ${cause ?? id}`, id, kind, recipient, userId: userId ?? null };
    await manager.upsert(OutboundMail, { ...mail, attempts: 0, createdAt: now, nextAttemptAt: now }, [
      'cause',
    ]);
  }

  /** Deletes the queued mails that match all of these. */
  async drop(
    manager: EntityManager,
    mails: Partial<Pick<OutboundMail, 'kind' | 'recipient' | 'userId'>>,
  ): Promise<void> {
    await manager.delete(OutboundMail, mails);
  }
}
