import {
  In,
  LessThanOrEqual,
  type EntityManager,
  type EntityTarget,
  type FindOptionsOrder,
  type FindOptionsSelect,
  type FindOptionsWhere,
} from 'typeorm';
import { MAX_BATCH_ROWS } from './batches.js';
import { lockUnlessLocked } from './lock-unless-locked.js';
import type { UnitOfWork } from './unit-of-work.js';

interface Expiring {
  expiresAt: Date;
}

/** Removes the rows of a table that have expired, in small batches so that no request waits long behind one. */
export function deleteExpired<Row extends Expiring>(
  work: UnitOfWork,
  table: EntityTarget<Row>,
  key: keyof Row,
  now: Date,
): Promise<void> {
  return work.runInBatches((manager) => deleteSomeExpired(manager, table, key, now));
}

/** Removes some of them, in the open unit of work. What somebody else is at is left for another time. */
export async function deleteSomeExpired<Row extends Expiring>(
  manager: EntityManager,
  table: EntityTarget<Row>,
  key: keyof Row,
  now: Date,
): Promise<number> {
  const rows = await manager.find(table, {
    select: { [key]: true } as FindOptionsSelect<Row>,
    where: { expiresAt: LessThanOrEqual(now) } as FindOptionsWhere<Row>,
    order: { [key]: 'ASC' } as FindOptionsOrder<Row>,
    take: MAX_BATCH_ROWS,
    ...lockUnlessLocked(manager),
  });
  const keys = In(rows.map((row) => row[key]));
  if (rows.length > 0) await manager.delete(table, { [key]: keys });
  return rows.length;
}
