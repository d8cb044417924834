// Another process on the service's database, as the command line is one: takes the write lock again and again, and holds
// it for a moment, until it is ended. Usage: node write-in-turns.mjs DATABASE
import sqlite3 from 'sqlite3';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const HELD_MS = 15;
const FREE_MS = 5;

const database = new sqlite3.Database(process.argv[2]);
const run = promisify(database.exec.bind(database));
await run('PRAGMA busy_timeout = 5000');
for (let turn = 0; ; turn++) {
  await run('BEGIN IMMEDIATE');
  if (turn === 0) console.log('ready');
  await sleep(HELD_MS);
  await run('COMMIT');
  await sleep(FREE_MS);
}
