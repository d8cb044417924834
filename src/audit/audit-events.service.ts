import { Injectable } from '@nestjs/common';
import { LessThan, MoreThan } from 'typeorm';
import { MAX_BATCH_ROWS } from '../database/batches.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { decodeCursor, invalidCursor, toPage, type Page } from '../http/cursor.js';
import type { AuditEventType } from './audit-event-types.js';
import { AuditEvent } from './audit-event.entity.js';

/** Which events are asked for. */
export interface AuditFilter {
  readonly userId?: string | undefined;
  readonly type?: AuditEventType | undefined;
}

interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Finds audit events. */
@Injectable()
export class AuditEvents {
  constructor(private readonly work: UnitOfWork) {}

  /** A page of events, the newest first. What is added meanwhile moves none. @throws AppError validation_failed for a bad cursor */
  async list({ userId, type }: AuditFilter, { limit, cursor }: PageRequest): Promise<Page<AuditEvent>> {
    const before = cursor === undefined ? undefined : await this.requireSeq(decodeCursor(cursor));
    const events = await this.work.runStatement((manager) =>
      manager.find(AuditEvent, {
        where: {
          ...(userId !== undefined && { userId }),
          ...(type !== undefined && { type }),
          ...(before !== undefined && { seq: LessThan(before) }),
        },
        order: { seq: 'DESC' },
        take: limit + 1,
      }),
    );
    // By the id, not the number: that would tell a user how many events there are of everybody.
    return toPage(events, limit, ({ id }) => id);
  }

  /** Events of a type, in order, after that of a number. */
  listAfter(type: AuditEventType, seq: number, limit: number): Promise<AuditEvent[]> {
    return this.work.runStatement((manager) =>
      manager.find(AuditEvent, { where: { type, seq: MoreThan(seq) }, order: { seq: 'ASC' }, take: limit }),
    );
  }

  /** All that happened to a user, in order. Read some at a time. */
  async *eachOf(userId: string): AsyncGenerator<AuditEvent> {
    let last = 0;
    let some: AuditEvent[];
    do {
      const where = { userId, seq: MoreThan(last) };
      some = await this.work.read((manager) =>
        manager.find(AuditEvent, { where, order: { seq: 'ASC' }, take: MAX_BATCH_ROWS }),
      );
      yield* some;
      last = some.at(-1)?.seq ?? last;
    } while (some.length === MAX_BATCH_ROWS);
  }

  private async requireSeq(id: string): Promise<number> {
    const event = await this.work.runStatement((manager) => manager.findOneBy(AuditEvent, { id }));
    if (!event) throw invalidCursor();
    return event.seq;
  }
}
