// Logins per second beside the hash limit: argon2id alone with the same parameters, on all cores, in a process of its own.
// Rounds alternate, and the middle of them is told; beside it the time of a processor that each takes, which other work
// on the machine blurs less. Then GET /protected in a storm of logins, as login-storm.mjs measures it.
import { hash, verify } from '@node-rs/argon2';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureStorms } from './login-storm.mjs';
import { startService } from './running-service.mjs';
import { median } from './statistics.mjs';

const ROUND_MS = 4000;
const CORES = availableParallelism();
const AT_ONCE = 3 * CORES;
const USERS = 100;
// In a second: what a limit counts would become a load of its own in a longer one, which no real limit lets happen.
const NO_LIMIT = '1000000 per second';
const WARM_UP_MS = 15_000;
const password = 'correct horse battery staple';
const file = fileURLToPath(import.meta.url);

/** @returns both a second and their ratio, the ms of a processor for each, and the storm of `measureStorms` */
export async function measureLogins({ rounds = 7, stormRounds = 5 } = {}) {
  const service = await startService({
    THROTTLE_LOGIN: NO_LIMIT,
    THROTTLE_DEFAULT: NO_LIMIT,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
  });
  const names = Array.from({ length: USERS }, (_, n) => `user-${n}`);
  for (const username of names)
    await service.client.send('POST', '/register', { body: { username, password } });
  await logIn(service, names, WARM_UP_MS);
  const measured = [];
  for (let round = 0; round < rounds; round++)
    measured.push({ limit: await hashLimit(), login: await logIn(service, names, ROUND_MS) });
  await service.stop();

  const of = (which, value) => median(measured.map((round) => round[which][value]));
  const [storm] = await measureStorms([200], stormRounds);
  return {
    hashesPerSecond: of('limit', 'perSecond'),
    loginsPerSecond: of('login', 'perSecond'),
    ratio: median(measured.map(({ limit, login }) => login.perSecond / limit.perSecond)),
    cpuMsPerHash: of('limit', 'cpuMs'),
    cpuMsPerLogin: of('login', 'cpuMs'),
    cpuMsPerLoginOfClient: of('login', 'clientCpuMs'),
    storm,
  };
}

async function printTable() {
  const measured = await measureLogins();
  const { storm, ...logins } = measured;
  console.log('| what | measured |\n| --- | --- |');
  for (const [name, value] of Object.entries(logins)) console.log(`| ${name} | ${value.toFixed(2)} |`);
  console.log(`| p99 of GET /protected, quiet | ${storm.quiet.p99.toFixed(1)} ms |`);
  console.log(`| p99 of GET /protected, in a storm of logins | ${storm.busy.p99.toFixed(1)} ms |`);
  console.log(`| ratio of the two | ${storm.p99Ratio.toFixed(2)} |`);
}

async function hashLimit() {
  const environment = { ...process.env, UV_THREADPOOL_SIZE: String(CORES) };
  const child = spawn(process.execPath, [file, 'hash-limit'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return JSON.parse(text);
}

/** The library's defaults are those of the settings: 19456 KiB, two passes, one lane. */
async function hashAlone() {
  const stored = await hash(password);
  const before = process.cpuUsage();
  const { count, seconds } = await repeat(CORES, ROUND_MS, () => verify(stored, password));
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ perSecond: count / seconds, cpuMs: (user + system) / 1000 / count }));
}

async function logIn({ port, cpu }, names, forMs) {
  const before = cpu();
  const own = process.cpuUsage();
  const connections = Array.from({ length: AT_ONCE }, () => new LightConnection(port));
  const { count, seconds } = await repeat(AT_ONCE, forMs, (who, turn) =>
    connections[who].logIn(names[turn % USERS]),
  );
  for (const connection of connections) connection.close();
  const { user, system } = process.cpuUsage(own);
  return {
    perSecond: count / seconds,
    cpuMs: (cpu() - before) / 1000 / count,
    clientCpuMs: (user + system) / 1000 / count,
  };
}

async function repeat(atOnce, forMs, work) {
  const started = performance.now();
  let count = 0;
  const workers = Array.from({ length: atOnce }, async (_, who) => {
    while (performance.now() - started < forMs) await work(who, count++);
  });
  await Promise.all(workers);
  return { count, seconds: (performance.now() - started) / 1000 };
}

/** One request after another, with next to no work: every core is the service's here. */
class LightConnection {
  constructor(port) {
    this.socket = connect(port, '127.0.0.1').setEncoding('latin1').setNoDelay();
  }

  async logIn(username) {
    const body = JSON.stringify({ username, password });
    const head = `POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    this.socket.write(`${head}\r\n\r\n${body}`);
    let answer = '';
    // The answer is a JSON object: it has come when its last brace has.
    while (!answer.endsWith('}')) answer += (await once(this.socket, 'data'))[0];
    if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`a login was answered ${answer.slice(9, 12)}`);
  }

  close() {
    this.socket.destroy();
  }
}

if (process.argv[1] === file) await (process.argv[2] === 'hash-limit' ? hashAlone() : printTable());
