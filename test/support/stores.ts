import { Redis } from 'ioredis';
import type { Variables } from './child-process.js';
import { createDatabase, databaseName, dropDatabase } from './postgres-databases.js';

/** The servers that `npm run test:cluster` runs all tests on; nothing with `npm test`, which runs them on SQLite. */
const {
  TEST_POSTGRES: postgres,
  TEST_POSTGRES_TEMPLATE: template = '',
  TEST_REDIS: redis = '',
} = process.env;

export const isOnPostgres = postgres !== undefined;

const stores = new Map<string, Promise<Variables>>();

if (isOnPostgres) {
  afterAll(async () => {
    for (const folder of stores.keys()) await removeStores(folder);
  });
}

/**
 * The settings that lead the services of this folder, and them alone, to a PostgreSQL database and a Redis of their own.
 * None where the tests run on SQLite, whose file lies in the folder.
 */
export async function storesOf(folder: string): Promise<Variables> {
  if (postgres === undefined) return {};
  const known = stores.get(folder) ?? createStores(postgres);
  stores.set(folder, known);
  return known;
}

/** Lets the services of this folder run on SQLite, whatever the others do. */
export function keepOnSqlite(folder: string): void {
  stores.set(folder, Promise.resolve({}));
}

/** Removes the database of a folder, whoever is still connected to it. */
export async function removeStores(folder: string): Promise<void> {
  const { DATABASE_URL } = (await stores.get(folder)) ?? {};
  stores.delete(folder);
  if (DATABASE_URL !== undefined) await dropDatabase(DATABASE_URL);
}

async function createStores(server: string): Promise<Variables> {
  const DATABASE_URL = await createDatabase(server, databaseName(template));
  return { DATABASE_URL, REDIS_URL: await unusedRedis() };
}

/** Of the numbered databases that one Redis has, the next. */
async function unusedRedis(): Promise<string> {
  const client = new Redis(redis);
  try {
    return `${redis}/${String(await client.incr('databases-taken'))}`;
  } finally {
    client.disconnect();
  }
}
