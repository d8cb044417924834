import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RedisServer } from '../support/redis-server.js';

/**
 * A process of its own that starts the servers which all tests of a run share, named as its arguments. It prints their URLs
 * as one line of JSON and stops them when its standard input ends, however the run ends.
 */
Logger.overrideLogger(false);
const wanted = process.argv.slice(2);
const postgres = wanted.includes('PostgreSQL') ? await PostgresServer.prepare() : undefined;
const redis = wanted.includes('Redis') ? await RedisServer.prepare() : undefined;
try {
  await Promise.all([postgres?.start(), redis?.start()]);
  const variables = {
    ...(postgres && { TEST_POSTGRES: postgres.url(), TEST_POSTGRES_TEMPLATE: await makeTemplate(postgres) }),
    ...(redis && { TEST_REDIS: redis.url }),
  };
  process.stdout.write(`${JSON.stringify(variables)}\n`);
  await once(process.stdin.resume(), 'end');
} finally {
  await Promise.all([postgres?.stop(), redis?.stop()]);
}

/** Makes a database with the schema, because copying it is quicker than running the migrations for each test. */
async function makeTemplate(server: PostgresServer): Promise<string> {
  const url = await server.createDatabase();
  const database = await openDatabase(dataSourceOptions({ kind: 'postgres', url }));
  await database.destroy();
  return url;
}
