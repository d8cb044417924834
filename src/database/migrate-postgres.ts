import { DataSource, MigrationExecutor } from 'typeorm';
import { unhurriedConnection, type PostgresOptions } from './postgres-options.js';

/** Any number, as long as nobody else on the database takes the same for a lock of theirs. */
const MIGRATING = 7_117_001;

/**
 * Brings a PostgreSQL database up to date. Of several instances that start at once, one does it: the others wait, and
 * then find nothing to do. The lock belongs to the connection, so that it is free again when its owner dies.
 * @returns how many migrations were applied
 */
export async function migratePostgres(options: PostgresOptions): Promise<number> {
  const dataSource = await new DataSource(unhurriedConnection(options)).initialize();
  try {
    const runner = dataSource.createQueryRunner();
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATING]);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    return (await executor.executePendingMigrations()).length;
  } finally {
    await dataSource.destroy();
  }
}
