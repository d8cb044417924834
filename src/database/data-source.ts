import { Logger } from '@nestjs/common';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { DatabaseLocation } from '../config/database-url.js';
import { entities } from './entities.js';
import { migrations } from './migrations/migrations.js';

const logger = new Logger('Database');
const BUSY_TIMEOUT_MS = 5000;
const OWNER_ONLY = 0o700;

/** How TypeORM reaches the database. `synchronize` is never on: the schema changes by migrations alone. */
export function dataSourceOptions(location: DatabaseLocation): DataSourceOptions {
  const schema = { entities, migrations, migrationsTransactionMode: 'each', synchronize: false } as const;
  return location.kind === 'postgres'
    ? { ...schema, type: 'postgres', url: location.url }
    : { ...schema, type: 'sqlite', database: location.path, enableWAL: true, busyTimeout: BUSY_TIMEOUT_MS };
}

/** Opens the database and brings its schema up to date. */
export async function openDatabase(options: DataSourceOptions): Promise<DataSource> {
  if (options.type === 'sqlite') mkdirSync(dirname(options.database), { recursive: true, mode: OWNER_ONLY });
  const dataSource = await new DataSource(options).initialize();
  if (options.type === 'sqlite') await setPragmas(dataSource);
  const applied = await dataSource.runMigrations();
  const where = options.type === 'sqlite' ? options.database : 'PostgreSQL';
  if (applied.length > 0)
    logger.log(`Brought the database up to date: ${where}, ${String(applied.length)} migration(s)`);
  return dataSource;
}

async function setPragmas(dataSource: DataSource): Promise<void> {
  // A revocation that was answered must survive a power cut: WAL alone syncs at checkpoints only.
  await dataSource.query('PRAGMA synchronous = FULL');
  // What is deleted would stay readable in the file until something else is written over it.
  await dataSource.query('PRAGMA secure_delete = ON');
}
