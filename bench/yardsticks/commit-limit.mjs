// The commit limit: how many durable commits of one row a second, one after another, with the SQLite settings of the
// service (src/database/data-source.ts). `node bench/yardsticks/commit-limit.mjs [ms]` prints JSON.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const database = new sqlite3.Database(join(folder, 'commits.sqlite'));
const run = promisify(database.run.bind(database));
for (const pragma of ['journal_mode = WAL', 'foreign_keys = ON', 'synchronous = FULL', 'secure_delete = ON'])
  await run(`PRAGMA ${pragma}`);
await run('CREATE TABLE commits (id varchar(36) PRIMARY KEY NOT NULL)');

const forMs = Number(process.argv[2] ?? 3000);
const cpu = process.cpuUsage();
const started = performance.now();
let count = 0;
for (; performance.now() - started < forMs; count++)
  await run('INSERT INTO commits VALUES (?)', [randomUUID()]);
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ perSecond: count / (forMs / 1000), cpuMicroseconds: (user + system) / count }));
await promisify(database.close.bind(database))();
rmSync(folder, { recursive: true });
