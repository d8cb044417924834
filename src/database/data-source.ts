import { Logger } from '@nestjs/common';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { DatabaseLocation } from '../config/database-url.js';
import { entities } from './entities.js';
import { migratePostgres } from './migrate-postgres.js';
import { migrations } from './migrations/migrations.js';
import { pooledConnections, unhurriedConnection, type PostgresOptions } from './postgres-options.js';
import { preparingSqlite } from './preparing-sqlite.js';

type SqliteOptions = Extract<DataSourceOptions, { type: 'sqlite' }>;

const logger = new Logger('Database');
const BUSY_TIMEOUT_MS = 5000;
const OWNER_ONLY = 0o700;
const OWNER_ONLY_FILE = 0o600;
const OTHERS = 0o077;

/**
 * How TypeORM reaches the database. `synchronize` is never on: the schema changes by migrations alone.
 * @param poolSize how many connections this process may have to PostgreSQL; SQLite has one
 */
export function dataSourceOptions(
  location: DatabaseLocation,
  poolSize?: number,
): SqliteOptions | PostgresOptions {
  const schema = { entities, migrations, migrationsTransactionMode: 'each', synchronize: false } as const;
  return location.kind === 'postgres'
    ? { ...pooledConnections(location.url, poolSize), ...schema }
    : {
        ...schema,
        type: 'sqlite',
        driver: preparingSqlite,
        database: location.path,
        enableWAL: true,
        busyTimeout: BUSY_TIMEOUT_MS,
      };
}

/** As {@link dataSourceOptions}, for statements that may take long. */
export function migrationOptions(location: DatabaseLocation): DataSourceOptions {
  const options = dataSourceOptions(location);
  return options.type === 'postgres' ? unhurriedConnection(options) : options;
}

/** Opens the database and brings its schema up to date. */
export function openDatabase(options: DataSourceOptions): Promise<DataSource> {
  switch (options.type) {
    case 'postgres':
      return openPostgres(options);
    case 'sqlite':
      return openSqlite(options);
    default:
      throw new TypeError(`no database of this service: ${options.type}`);
  }
}

async function openPostgres(options: PostgresOptions): Promise<DataSource> {
  logMigrations('PostgreSQL', await migratePostgres(options));
  return new DataSource(options).initialize();
}

async function openSqlite(options: SqliteOptions): Promise<DataSource> {
  mkdirSync(dirname(options.database), { recursive: true, mode: OWNER_ONLY });
  ownerOnly(options.database);
  const dataSource = await new DataSource(options).initialize();
  // A revocation that was answered must survive a power cut: WAL alone syncs at checkpoints only.
  await dataSource.query('PRAGMA synchronous = FULL');
  // What is deleted would stay readable in the file until something else is written over it.
  await dataSource.query('PRAGMA secure_delete = ON');
  logMigrations(options.database, (await dataSource.runMigrations()).length);
  return dataSource;
}

/** SQLite gives the files beside the database the mode that the database has. */
function ownerOnly(database: string): void {
  if (database === ':memory:') return;
  if (!existsSync(database)) closeSync(openSync(database, 'a', OWNER_ONLY_FILE));
  for (const file of [database, `${database}-wal`, `${database}-shm`])
    if (existsSync(file) && (statSync(file).mode & OTHERS) !== 0) closeToOthers(file);
}

function closeToOthers(file: string): void {
  try {
    chmodSync(file, OWNER_ONLY_FILE);
  } catch (error) {
    logger.warn(`Others can read ${file}, and it is not this user's to change: ${String(error)}`);
  }
}

/** Says how far the schema had to be brought. */
export function logMigrations(where: string, count: number): void {
  if (count > 0) logger.log(`Brought the database up to date: ${where}, ${String(count)} migration(s)`);
}
