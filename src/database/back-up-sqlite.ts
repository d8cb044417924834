import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataSource } from 'typeorm';

/** Behind a writer, for as long as the service itself would wait. */
const WAITS_MS = 5000;
const OWNER_ONLY = 0o600;

/** A backup that cannot be made, in words for the person who asked for it. */
export class BackupError extends Error {}

/**
 * Copies a SQLite database as it is at one moment into a new file, for its owner alone, while others read and write. The
 * file is there when all of it is on the disk, and not before.
 * @returns its size in bytes
 * @throws BackupError where there is no such database, or the file cannot be made anew
 */
export async function backUpSqlite(path: string, file: string): Promise<number> {
  if (!existsSync(path)) throw new BackupError(`There is no database at ${path}.`);
  if (existsSync(file)) throw new BackupError(`${file} is there already: a backup overwrites nothing.`);
  const part = `${file}.part`;
  await makeEmpty(part);
  try {
    await copyInto(path, part);
    await requireWhole(part);
    await syncToDisk(part);
    await rename(part, file);
    await syncToDisk(dirname(file));
  } finally {
    await rm(part, { force: true });
  }
  return (await stat(file)).size;
}

/** SQLite copies into an empty file, too, and leaves its mode alone: nobody else could read even a part of it. */
async function makeEmpty(part: string): Promise<void> {
  try {
    await (await open(part, 'wx', OWNER_ONLY)).close();
  } catch (cause) {
    throw new BackupError(reasonOf(cause, part), { cause });
  }
}

function reasonOf(cause: unknown, part: string): string {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EEXIST':
      return `${part} is there: another backup is being made, or was cut off. Delete it if none is.`;
    case 'ENOENT':
      return `There is no folder ${dirname(part)}.`;
    default:
      return `${part} cannot be made: ${(cause as Error).message}.`;
  }
}

async function copyInto(path: string, part: string): Promise<void> {
  try {
    await using(path, (database) => database.query('VACUUM INTO ?', [part]));
  } catch (cause) {
    throw new BackupError(`${path} cannot be copied: ${(cause as Error).message}.`, { cause });
  }
}

async function requireWhole(part: string): Promise<void> {
  const found = await using(part, (copy) => copy.query<object[]>('PRAGMA integrity_check'));
  const told = found.flatMap((row) => Object.values(row) as unknown[]).join('; ');
  if (told !== 'ok') throw new BackupError(`The database is damaged: ${told}.`);
}

async function using<T>(database: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await new DataSource({ type: 'sqlite', database, busyTimeout: WAITS_MS }).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
