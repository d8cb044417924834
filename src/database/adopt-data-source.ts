import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { dataSourceOptions, logMigrations } from './data-source.js';
import { entities } from './entities.js';
import { migratePostgres } from './migrate-postgres.js';

/**
 * Uses the connections of an application, once the schema is up to date. How long they let a statement take is the
 * application's to bound.
 * @throws Error that says why they cannot be used
 */
export async function adoptDataSource(
  shared: DataSource,
  { database }: Pick<Settings, 'database'>,
): Promise<DataSource> {
  const options = dataSourceOptions(database, 1);
  if (options.type !== 'postgres' || shared.options.type !== 'postgres')
    throw new Error(
      'A data source can be shared on PostgreSQL alone, with DATABASE_URL for the same database: SQLite has one connection, and its transactions would become one',
    );
  requireEntities(shared);
  await requireSamePlace(shared, options);
  logMigrations('PostgreSQL', await migratePostgres(options));
  return shared;
}

function requireEntities(shared: DataSource): void {
  const missing = entities.filter((entity) => !shared.hasMetadata(entity)).map(({ name }) => name);
  if (missing.length > 0)
    throw new Error(
      `The shared data source lacks ${missing.join(', ')}: put ...gatehouseEntities into its entities`,
    );
}

async function requireSamePlace(shared: DataSource, options: DataSourceOptions): Promise<void> {
  const own = await new DataSource(options).initialize();
  try {
    if ((await placeOf(shared)) === (await placeOf(own))) return;
  } finally {
    await own.destroy();
  }
  throw new Error('The shared data source leads to another database or schema than DATABASE_URL');
}

/** Databases of one name on two servers, and schemas of one database, are not the same. */
async function placeOf(dataSource: DataSource): Promise<string | undefined> {
  const [row] = await dataSource.query<{ place: string }[]>(
    "SELECT concat_ws(' ', current_database(), current_schema(), pg_postmaster_start_time()) AS place",
  );
  return row?.place;
}
