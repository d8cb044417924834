import {
  In,
  LessThanOrEqual,
  type EntityTarget,
  type FindOptionsSelect,
  type FindOptionsWhere,
} from 'typeorm';
import type { UnitOfWork } from './unit-of-work.js';

const ROWS_A_BATCH = 500;

/** Removes the rows of a table that have expired, in small batches so that no request waits long behind one. */
export async function deleteExpired<Row extends { expiresAt: Date }>(
  work: UnitOfWork,
  table: EntityTarget<Row>,
  key: keyof Row,
  now: Date,
): Promise<void> {
  const select = { [key]: true } as FindOptionsSelect<Row>;
  const expired = { expiresAt: LessThanOrEqual(now) } as FindOptionsWhere<Row>;
  let rows: Row[];
  do {
    rows = await work.runStatement((manager) =>
      manager.find(table, { select, where: expired, take: ROWS_A_BATCH }),
    );
    // Still expired: a row may have been written anew since it was found.
    const found = { ...expired, [key]: In(rows.map((row) => row[key])) };
    if (rows.length > 0) await work.runStatement((manager) => manager.delete(table, found));
  } while (rows.length === ROWS_A_BATCH);
}
