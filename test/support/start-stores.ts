import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.js';
import { PostgresServer } from './postgres-server.js';
import { RedisServer } from './redis-server.js';

/**
 * A process of its own: starts the servers that the tests of a whole run share, tells on a line where they are, and ends
 * with its standard input, however the run ends.
 */
Logger.overrideLogger(false);
requireRedis();
const postgres = await PostgresServer.prepare();
const redis = await RedisServer.prepare();
try {
  await Promise.all([postgres.start(), redis.start()]);
  // The schema is made once: a copy of it is quicker than its migrations.
  const template = await postgres.createDatabase();
  await (await openDatabase(dataSourceOptions({ kind: 'postgres', url: template }))).destroy();
  const variables = {
    TEST_POSTGRES: postgres.url(),
    TEST_POSTGRES_TEMPLATE: template,
    TEST_REDIS: redis.url,
  };
  process.stdout.write(`${JSON.stringify(variables)}\n`);
  await once(process.stdin.resume(), 'end');
} finally {
  await Promise.all([postgres.stop(), redis.stop()]);
}

/** @throws Error that says how to install it */
function requireRedis(): void {
  const { error } = spawnSync('redis-server', ['--version']);
  if (error) throw new Error('No Redis server is installed: apt-get install postgresql redis-server');
}
