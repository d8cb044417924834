// What a million revoked tokens cost, beside none, in the same run: `node bench/revoked-tokens.mjs`. Two services that
// differ in the rows of revoked_tokens alone share core 0; wrk, on core 1, asks one and then the other.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';
import { startService } from './running-service.mjs';

const run = promisify(execFile);
const STARTS = 3;
const SETTLE_MS = 5000;
const TICKS_A_SECOND = 100;
const NO_LIMIT = '1000000 per second';
const person = { username: 'ada', password: 'correct horse battery staple' };

/**
 * Measures the service with none and with `revoked` tokens revoked and not yet expired.
 * @returns for either, all medians: the seconds until it is ready and those of CPU, resident MiB at rest and after load,
 * requests a second, CPU in µs a request; and the medians of the ratios of each round, where both have the same neighbours
 */
export async function measureRevokedTokens({ revoked = 1_000_000, rounds = 15, seconds = 2 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-revoked-'));
  const houses = [];
  try {
    for (const rows of [0, revoked]) houses.push(await settle(folder, rows));
    for (let round = 0; round < rounds + 1; round++)
      for (const house of houses) {
        const figures = await load(house, seconds);
        // The first is to warm up.
        if (round > 0) house.rounds.push(figures);
      }
    const [none, many] = houses.map(summary);
    return { revoked, none, many, ratios: ratios(...houses) };
  } finally {
    for (const house of houses) await house.service.stop();
    rmSync(folder, { recursive: true });
  }
}

/** A service with as many rows, started several times, and somebody signed in. */
async function settle(folder, rows) {
  const file = join(folder, `${rows}.sqlite`);
  const variables = {
    DATABASE_URL: `sqlite:${file}`,
    JWT_KEYS_FILE: join(folder, 'keys.json'),
    ACCESS_TOKEN_TTL: '1h',
    THROTTLE_DEFAULT: NO_LIMIT,
    THROTTLE_LOGIN: NO_LIMIT,
  };
  const start = () => startService(variables, { core: 0 });
  const first = await start();
  await first.client.send('POST', '/register', { body: person });
  await first.stop();
  await revoke(file, rows);
  const starts = [];
  let service;
  for (let n = 0; n < STARTS; n++) {
    await service?.stop();
    service = await start();
    starts.push({ seconds: service.readyAfterMs / 1000, cpu: cpuSeconds(service.pid) });
  }
  await sleep(SETTLE_MS);
  const atRestMiB = residentMiB(service.pid);
  const { body } = await service.client.send('POST', '/login', { body: person });
  return { service, token: body.access_token, starts, atRestMiB, rounds: [] };
}

/** As many rows, half of them of sessions and half of access tokens. */
async function revoke(file, rows) {
  const database = new sqlite3.Database(file);
  const now = Date.now();
  await promisify(database.exec.bind(database))(`
    PRAGMA cache_size = -500000;
    INSERT INTO revoked_tokens (id, reason, expires_at, revoked_at)
    WITH RECURSIVE numbers (n) AS (SELECT 1 WHERE ${rows} > 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows})
    SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' ||
      substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) || iif(n % 2, '.' || hex(randomblob(6)), ''),
      iif(n % 2, 'revoked', 'logout'), ${now + 86_400_000} + n, ${now} FROM numbers;
    PRAGMA wal_checkpoint(TRUNCATE);`);
  await promisify(database.close.bind(database))();
}

async function load({ service: { client, pid }, token }, seconds) {
  const url = `http://127.0.0.1:${client.port}/protected`;
  const words = ['-c', '1', 'wrk', '-t', '1', '-c', '32', '-d', String(seconds)];
  const before = cpuSeconds(pid);
  const { stdout } = await run('taskset', [...words, '-H', `Authorization: Bearer ${token}`, url]);
  const cpu = cpuSeconds(pid) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  if (!(requests > 0) || /Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  return { perSecond, cpuMicroseconds: (cpu / requests) * 1e6 };
}

function summary({ service, starts, atRestMiB, rounds }) {
  return {
    readyAfterSeconds: median(starts.map(({ seconds }) => seconds)),
    startCpuSeconds: median(starts.map(({ cpu }) => cpu)),
    residentMiB: atRestMiB,
    residentAfterLoadMiB: residentMiB(service.pid),
    requestsPerSecond: median(rounds.map(({ perSecond }) => perSecond)),
    cpuMicrosecondsPerRequest: median(rounds.map(({ cpuMicroseconds }) => cpuMicroseconds)),
  };
}

function ratios(none, many) {
  const ratio = (figure) => median(many.rounds.map((round, n) => round[figure] / none.rounds[n][figure]));
  return { requestsPerSecond: ratio('perSecond'), cpuPerRequest: ratio('cpuMicroseconds') };
}

function residentMiB(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function cpuSeconds(pid) {
  // utime and stime, the 14th and 15th of proc(5); the second is the command in parentheses.
  const [, after] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = after.split(' ').slice(11, 13).map(Number);
  return (user + system) / TICKS_A_SECOND;
}

function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

function print({ revoked, none, many, ratios }) {
  console.log(`| | none revoked | ${revoked.toLocaleString('en')} | ratio | more |`);
  console.log(`|${' --- |'.repeat(5)}`);
  for (const name of Object.keys(none)) {
    const figures = [none[name], many[name], many[name] / none[name], many[name] - none[name]];
    console.log(`| ${name} | ${figures.map((figure) => figure.toFixed(2)).join(' | ')} |`);
  }
  console.log('round by round:', ratios);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print(await measureRevokedTokens());
