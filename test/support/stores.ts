import { Redis } from 'ioredis';
import type { Variables } from './child-process.js';
import { createDatabase, databaseName, dropDatabase } from './postgres-databases.js';

/** The servers that a tier started for all of its tests. `npm test` runs on SQLite alone and has none. */
const { TEST_POSTGRES: postgres, TEST_POSTGRES_TEMPLATE: template = '', TEST_REDIS: redis } = process.env;

export const isOnPostgres = postgres !== undefined;
export const hasSharedRedis = redis !== undefined;

const stores = new Map<string, Promise<Variables>>();

if (isOnPostgres) {
  afterAll(async () => {
    for (const folder of stores.keys()) await removeStores(folder);
  });
}

/**
 * Returns the settings that give the services of this folder a PostgreSQL database and a Redis database of their own, as far
 * as the tier has these servers. Without them the service uses a SQLite file in the folder.
 */
export async function storesOf(folder: string): Promise<Variables> {
  const known = stores.get(folder) ?? createStores();
  stores.set(folder, known);
  return known;
}

/** Keeps the services of this folder on SQLite, whatever the tier has. */
export function keepOnSqlite(folder: string): void {
  stores.set(folder, Promise.resolve({}));
}

/** Drops the PostgreSQL database of a folder, even while a service is connected to it. */
export async function removeStores(folder: string): Promise<void> {
  const { DATABASE_URL } = (await stores.get(folder)) ?? {};
  stores.delete(folder);
  if (DATABASE_URL !== undefined) await dropDatabase(DATABASE_URL);
}

async function createStores(): Promise<Variables> {
  return {
    ...(postgres !== undefined && { DATABASE_URL: await createDatabase(postgres, databaseName(template)) }),
    ...(redis !== undefined && { REDIS_URL: await unusedRedis(redis) }),
  };
}

/** Returns the URL of the next unused database of a Redis. */
async function unusedRedis(url: string): Promise<string> {
  const client = new Redis(url);
  try {
    return `${url}/${String(await client.incr('databases-taken'))}`;
  } finally {
    client.disconnect();
  }
}
