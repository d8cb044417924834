import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';

/** Runs statements on a database of SQLite that nobody has open, and waits until the disk has all of it. */
export async function seed(file, sql) {
  const database = new sqlite3.Database(file);
  await promisify(database.exec.bind(database))(
    `PRAGMA cache_size = -500000; ${sql}; PRAGMA wal_checkpoint(TRUNCATE);`,
  );
  await promisify(database.close.bind(database))();
  // Or the disk would be at it while the services are measured.
  await promisify(execFile)('sync');
}

/** SQL for a random id in the form of a UUID. */
export const uuid = `lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) ||
  '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))`;

/** SQL for a table of so many numbers, from 1: `WITH ${numbers(10)} SELECT n FROM numbers`. */
export const numbers = (count) =>
  `RECURSIVE numbers (n) AS (SELECT 1 WHERE ${count} > 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
