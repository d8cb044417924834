import type { DataSource } from 'typeorm';

/** How the schema of a database stands to the one of this version: `foreign` is a newer one too. */
export type SchemaState = 'none' | 'older' | 'same' | 'foreign';

/** Looks at the migrations that were applied, and applies none. */
export async function schemaStateOf(dataSource: DataSource): Promise<SchemaState> {
  const applied = await appliedMigrations(dataSource);
  const known = dataSource.migrations.map(({ name }) => String(name));
  if (applied.length === 0) return 'none';
  if (applied.some((name) => !known.includes(name))) return 'foreign';
  return known.every((name) => applied.includes(name)) ? 'same' : 'older';
}

async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return [];
    const rows = (await runner.query('SELECT name FROM migrations')) as { name: string }[];
    return rows.map(({ name }) => name);
  } finally {
    await runner.release();
  }
}
