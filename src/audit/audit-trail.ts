import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { In, IsNull, Not, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { currentOrigin } from '../access/request-context.js';
import { MAX_BATCH_ROWS } from '../database/batches.js';
import { insertRow } from '../database/insert-row.js';
import { sqlIn } from '../database/sql.js';
import { DoFirst, UnitOfWork } from '../database/unit-of-work.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { Clock } from '../time/clock.js';
import { HEAD, lockHead } from './audit-chain-head.entity.js';
import { auditEventTypes, type AuditEventType } from './audit-event-types.js';
import { AuditEvent, type PersonalData } from './audit-event.entity.js';
import { commitTo, hashOf } from './chain.js';

const ERASED = { personal: null, salt: null };

interface Happening {
  readonly type: AuditEventType;
  /** Whom it concerns; null where it is nobody, or nobody that there is. */
  readonly userId: string | null;
  /** Facts worth keeping for ever; never a secret, and nothing about a person but ids. */
  readonly details?: object;
  /** Facts that tell something of a person, such as a name: they stand among the details until they are erased. */
  readonly personal?: object;
}

type Unchained = Omit<AuditEvent, 'seq' | 'hash'>;

/**
 * Writes down what happened, in the transaction of the change it tells of: both hold, or neither. By whom and from where
 * it was done, it finds out by itself.
 */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly work: UnitOfWork,
    private readonly telemetry: Telemetry,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds an event to the open unit of work. It is chained at the end of the unit, as all units wait for each other there.
   * @throws Error without an open unit of work
   */
  async record(manager: EntityManager, happening: Happening): Promise<void> {
    const event = this.describe(happening);
    this.work.beforeCommit(() => append(manager, event));
    const { type, userId, details = {} } = happening;
    this.work.afterCommit(() => {
      this.telemetry.emit('audited', { type, userId, details: { ...details } });
    });
  }

  /**
   * Erases the personal data of every event that concerns this user or was done by them, also of those that the open unit
   * of work has still to write. The chain holds as before; an event says that it was done.
   * @throws Error without an open unit of work
   */
  async redact(manager: EntityManager, userId: string): Promise<void> {
    if (await hasMany(manager, userId))
      throw new DoFirst(`the redaction of the events of ${userId}`, () => this.redactInBatches(userId));
    await this.record(manager, { type: 'personal_data_erased', userId });
    this.work.beforeCommit(async () => {
      // Asked for anew, at the end: after all that this unit records.
      this.work.beforeCommit(() => erase(manager, userId));
    });
  }

  /** From here to the end of the open unit no other unit that records, or asks for this, can commit. */
  async lockOrder(manager: EntityManager): Promise<void> {
    await lockHead(manager);
  }

  private redactInBatches(userId: string): Promise<void> {
    return this.work.runInBatches(async (manager) => {
      const seqs = await findPersonal(manager, userId, MAX_BATCH_ROWS);
      await manager.update(AuditEvent, { seq: In(seqs) }, ERASED);
      return seqs.length;
    });
  }

  private describe({ type, userId, details = {}, personal }: Happening): Unchained {
    const origin = currentOrigin();
    const { ip, userAgent, requestId, callerId = null } = origin ?? {};
    const kept: PersonalData = {
      ...(ip !== undefined && { ip }),
      ...(userAgent != null && { user_agent: userAgent }),
      ...(requestId !== undefined && { request_id: requestId }),
      ...(personal && { details: personal }),
    };
    return {
      id: randomUUID(),
      createdAt: this.clock.now(),
      type,
      outcome: auditEventTypes[type],
      userId,
      actorId: callerId === userId ? null : callerId,
      details: JSON.stringify(details),
      ...commitTo(JSON.stringify(kept)),
    };
  }
}

async function append(manager: EntityManager, unchained: Unchained): Promise<void> {
  const head = await lockHead(manager);
  if (!head) throw new Error('The chain of audit events has lost its end: run `gatehouse audit verify`');
  const event = { ...unchained, seq: head.seq + 1 };
  const hash = hashOf(head.hash, event);
  await insertRow(manager, AuditEvent, { ...event, hash });
  await sqlIn(manager)`UPDATE audit_chain_head SET seq = ${event.seq}, hash = ${hash} WHERE id = ${HEAD}`;
}

async function erase(manager: EntityManager, userId: string): Promise<void> {
  for (const where of personalOf(userId)) await manager.update(AuditEvent, where, ERASED);
}

/** Events that still have personal data of this user: what concerns them, and what they did. */
function personalOf(userId: string): FindOptionsWhere<AuditEvent>[] {
  return [{ userId }, { actorId: userId }].map((whose) => ({ ...whose, personal: Not(IsNull()) }));
}

async function hasMany(manager: EntityManager, userId: string): Promise<boolean> {
  return (await findPersonal(manager, userId, MAX_BATCH_ROWS + 1)).length > MAX_BATCH_ROWS;
}

async function findPersonal(manager: EntityManager, userId: string, most: number): Promise<number[]> {
  const where = personalOf(userId);
  const events = await manager.find(AuditEvent, { select: { seq: true }, where, take: most });
  return events.map(({ seq }) => seq);
}
