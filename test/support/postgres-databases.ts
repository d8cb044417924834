import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** Makes an empty database on a server, or a copy of another that nobody is connected to. @returns its URL */
export async function createDatabase(server: string, template = 'template1'): Promise<string> {
  const name = `gatehouse_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return databaseUrl(server, name);
}

/** Removes a database, whoever is still connected to it. */
export async function dropDatabase(url: string): Promise<void> {
  await onServer(databaseUrl(url, 'postgres'), `DROP DATABASE IF EXISTS ${databaseName(url)} WITH (FORCE)`);
}

/** Runs statements on a connection that is closed again. @returns the rows of the last */
export async function onServer<Row extends object>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) ({ rows } = await client.query<Row>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

export function databaseName(url: string): string {
  return new URL(url).pathname.slice(1);
}

function databaseUrl(server: string, name: string): string {
  return Object.assign(new URL(server), { pathname: name }).href;
}
