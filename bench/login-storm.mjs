// How long GET /protected takes in a storm of logins, beside how long it takes without one, in the same run. Rounds
// alternate, and the middle of them is told. Whoever storms does not wait for answers, and works in a thread of its own,
// as the reader does: so neither measures how busy the other is.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { URL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Client, startService } from './running-service.mjs';

const ROUNDS = 5;
const ROUND_MS = 3000;
const READ_EVERY_MS = 5;
const STORM_EVERY_MS = 20;
const RATES = (process.argv[2] ?? '200,500').split(',').map(Number);
const NO_LIMIT = '1000000 per minute';
const person = { username: 'ada', password: 'correct horse battery staple' };

if (isMainThread) await main();
else await work(workerData);

async function main() {
  const { client, stop } = await startService({
    THROTTLE_LOGIN: NO_LIMIT,
    THROTTLE_DEFAULT: NO_LIMIT,
    LOG_LEVEL: 'silent',
  });
  const { port } = client;
  await client.send('POST', '/register', { body: person });
  const { body: pair } = await client.send('POST', '/login', { body: person });
  const reader = { port, token: pair.access_token };
  await inThread(reader);

  console.log(`${ROUNDS} rounds of ${ROUND_MS} ms each; times in ms`);
  console.log(
    '| logins asked, a second | /protected p50, quiet | storm | p99, quiet | storm | ratio | good, a second | 503, a second | a 503 came after, p50 | p99 |',
  );
  console.log(`|${' --- |'.repeat(10)}`);
  for (const rate of RATES) console.log(await compare(reader, { port, rate }));
  await stop();
}

async function compare(reader, storm) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const quiet = await inThread(reader);
    const [busy, logins] = await Promise.all([inThread(reader), inThread(storm)]);
    rounds.push({ quiet, busy, logins });
  }
  const middle = (which, percent) => median(rounds.map((round) => percentile(times(round[which]), percent)));
  const logins = rounds.flatMap((round) => round.logins);
  const refused = logins.filter(({ status }) => status === 503);
  const good = logins.filter(({ status }) => status === 200);
  if (good.length + refused.length < logins.length)
    throw new Error('a login was answered neither 200 nor 503');
  const aSecond = ({ length }) => Math.round(length / ((ROUNDS * ROUND_MS) / 1000));
  const cells = [
    storm.rate,
    ...[50, 99].flatMap((percent) => ['quiet', 'busy'].map((which) => middle(which, percent).toFixed(1))),
    (middle('busy', 99) / middle('quiet', 99)).toFixed(1),
    aSecond(good),
    aSecond(refused),
    ...[50, 99].map((percent) => percentile(times(refused), percent).toFixed(0)),
  ];
  return `| ${cells.join(' | ')} |`;
}

async function inThread(data) {
  const [answers] = await once(new Worker(new URL(import.meta.url), { workerData: data }), 'message');
  return answers;
}

async function work({ port, token, rate }) {
  const client = new Client(port);
  const until = Date.now() + ROUND_MS;
  const answers = token ? await read(client, token, until) : await logIn(client, rate, until);
  client.agent.destroy();
  parentPort.postMessage(answers);
}

/** One request after another, as by somebody who is there already. */
async function read(client, token, until) {
  const answers = [];
  while (Date.now() < until) {
    answers.push(await client.send('GET', '/protected', { token }));
    await sleep(READ_EVERY_MS);
  }
  return answers;
}

async function logIn(client, rate, until) {
  const logins = [];
  const started = Date.now();
  while (Date.now() < until) {
    const due = ((Date.now() - started) * rate) / 1000;
    while (logins.length < due) logins.push(client.send('POST', '/login', { body: person }));
    await sleep(STORM_EVERY_MS);
  }
  return Promise.all(logins);
}

function times(answers) {
  return answers.map(({ ms }) => ms);
}

function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

function median(values) {
  return percentile(values, 50);
}
