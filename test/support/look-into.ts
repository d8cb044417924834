import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { queryPortably } from './query-portably.js';
import { storesOf } from './stores.js';
import type { TestApp } from './test-app.js';

type Query = <Row>(sql: string) => Promise<Row[]>;

/** Opens the database of a built service that runs in this folder, or did, past the service. */
export async function lookInto<T>(folder: string, look: (query: Query) => Promise<T>): Promise<T> {
  const { DATABASE_URL: url } = await storesOf(folder);
  const dataSource = new DataSource(
    url === undefined
      ? { type: 'sqlite', database: join(folder, 'data/gatehouse.sqlite') }
      : { type: 'postgres', url },
  );
  await dataSource.initialize();
  try {
    return await look((sql) => queryPortably(dataSource, sql));
  } finally {
    await dataSource.destroy();
  }
}

/** The tables that are in the database, but for the list of migrations. */
export async function tablesOf(service: TestApp): Promise<string[]> {
  const { type } = service.app.get(DataSource).options;
  const sql =
    type === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
      : 'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()';
  const tables = await service.query<{ name: string }>(sql);
  return tables.map(({ name }) => name).filter((name) => name !== 'migrations');
}

/** The columns that a table has. */
export async function columnsOf(service: TestApp, table: string): Promise<string[]> {
  const runner = service.app.get(DataSource).createQueryRunner();
  try {
    return (await runner.getTable(table))?.columns.map(({ name }) => name) ?? [];
  } finally {
    await runner.release();
  }
}
