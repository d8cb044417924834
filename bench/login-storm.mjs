// How long GET /protected takes in a storm of logins, beside how long it takes without one, in the same run. Rounds
// alternate, and the middle of them is told. Whoever storms does not wait for answers, and works in a thread of its own,
// as the reader does: so neither measures how busy the other is.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Client, person, startService } from './running-service.mjs';
import { median, percentile } from './statistics.mjs';

const ROUNDS = 5;
const ROUND_MS = 3000;
const READ_EVERY_MS = 5;
const STORM_EVERY_MS = 20;
const NO_LIMIT = '1000000 per minute';
const file = fileURLToPath(import.meta.url);

if (workerData?.stormRound) await work(workerData.stormRound);
else if (isMainThread && process.argv[1] === file) await printTable();

/**
 * @param rates how many logins a second are asked for, one storm after another
 * @returns for each rate the p50 and the p99 of GET /protected in ms, without the storm and in it, and what became of
 * the logins
 */
export async function measureStorms(rates = [200, 500], rounds = ROUNDS) {
  const { client, stop } = await startService({
    THROTTLE_LOGIN: NO_LIMIT,
    THROTTLE_DEFAULT: NO_LIMIT,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
  });
  const { port } = client;
  const reader = { port, token: await client.accessToken() };
  await inThread(reader);
  const storms = [];
  for (const rate of rates) storms.push(await compare(reader, { port, rate }, rounds));
  await stop();
  return storms;
}

async function printTable() {
  const rates = process.argv[2]?.split(',').map(Number);
  console.log(`${ROUNDS} rounds of ${ROUND_MS} ms each; times in ms`);
  console.log(
    '| logins asked, a second | /protected p50, quiet | storm | p99, quiet | storm | ratio | good, a second | 503, a second | a 503 came after, p50 | p99 |',
  );
  console.log(`|${' --- |'.repeat(10)}`);
  for (const storm of await measureStorms(rates)) {
    const { rate, quiet, busy, p99Ratio, good, refused, refusedAfter } = storm;
    const times = [quiet.p50, busy.p50, quiet.p99, busy.p99, p99Ratio].map((ms) => ms.toFixed(1));
    const logins = [good, refused, refusedAfter.p50, refusedAfter.p99].map((number) => number.toFixed(0));
    console.log(`| ${[rate, ...times, ...logins].join(' | ')} |`);
  }
}

async function compare(reader, storm, count) {
  const rounds = [];
  for (let round = 0; round < count; round++) {
    const quiet = times(await inThread(reader));
    const [busy, logins] = await Promise.all([inThread(reader), inThread(storm)]);
    rounds.push({ quiet, busy: times(busy), logins });
  }
  const logins = rounds.flatMap((round) => round.logins);
  const refused = logins.filter(({ status }) => status === 503);
  const good = logins.filter(({ status }) => status === 200);
  if (good.length + refused.length < logins.length)
    throw new Error('a login was answered neither 200 nor 503');
  const middle = (which, percent) => median(rounds.map((round) => percentile(round[which], percent)));
  const [quiet, busy] = ['quiet', 'busy'].map((which) => ({
    p50: middle(which, 50),
    p99: middle(which, 99),
  }));
  const aSecond = ({ length }) => length / ((count * ROUND_MS) / 1000);
  return {
    rate: storm.rate,
    quiet,
    busy,
    p99Ratio: busy.p99 / quiet.p99,
    good: aSecond(good),
    refused: aSecond(refused),
    refusedAfter: { p50: percentile(times(refused), 50), p99: percentile(times(refused), 99) },
  };
}

async function inThread(stormRound) {
  const [answers] = await once(new Worker(file, { workerData: { stormRound } }), 'message');
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
