import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { onServer } from './postgres-databases.js';

type Row = Record<string, unknown>;

/** Every row of every table, as text, in an order of its own: the same for the same data in either database. */
export type Contents = Record<string, string[]>;

/** What tells of a database itself. */
const notData = /^(migrations|instances|sqlite_.*)$/;

/** Runs statements on the SQLite database of a folder, which nobody else has open. @returns the rows of the last */
export async function onSqlite<T = Row>(folder: string, ...statements: string[]): Promise<T[]> {
  const database = join(folder, 'data/gatehouse.sqlite');
  const dataSource = await new DataSource({ type: 'sqlite', database }).initialize();
  try {
    let rows: T[] = [];
    for (const statement of statements) rows = await dataSource.query<T[]>(statement);
    return rows;
  } finally {
    await dataSource.destroy();
  }
}

export async function sqliteContents(folder: string): Promise<Contents> {
  const tables = await onSqlite<{ name: string }>(
    folder,
    `SELECT name FROM sqlite_master WHERE type = 'table'`,
  );
  return contentsOf(tables, (name) => onSqlite(folder, `SELECT * FROM "${name}"`));
}

export async function postgresContents(url: string): Promise<Contents> {
  const tables = await onServer<{ name: string }>(
    url,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  return contentsOf(tables, (name) => onServer<Row>(url, `SELECT * FROM "${name}"`));
}

async function contentsOf(
  tables: readonly { name: string }[],
  read: (table: string) => Promise<Row[]>,
): Promise<Contents> {
  const names = tables.map(({ name }) => name).filter((name) => !notData.test(name));
  const contents: Contents = {};
  for (const name of names.sort()) contents[name] = (await read(name)).map(asText).sort();
  return contents;
}

/** SQLite has numbers for booleans, PostgreSQL gives a bigint as text, and a table that was altered has another order. */
function asText(row: Row): string {
  const values = Object.entries(row).map(([name, value]) => [name, value === null ? null : plain(value)]);
  return JSON.stringify(values.sort());
}

function plain(value: unknown): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}
