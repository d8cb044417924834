// How long GET /protected takes while a storm of logins fills the hash queue, beside how long it takes without one, in the
// same run. Rounds alternate, and the middle of them is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, startService } from './running-service.mjs';

const ROUNDS = 5;
const ROUND_MS = 3000;
const READ_EVERY_MS = 5;
const LOGINS_AT_ONCE = 400;
const NO_LIMIT = '1000000 per minute';
const person = { username: 'ada', password: 'correct horse battery staple' };

const { client, stop } = await startService({
  THROTTLE_LOGIN: NO_LIMIT,
  THROTTLE_DEFAULT: NO_LIMIT,
  LOG_LEVEL: 'silent',
});
await client.send('POST', '/register', { body: person });
const { body: pair } = await client.send('POST', '/login', { body: person });

const reader = new Client(client.port);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  const quiet = await read(Date.now() + ROUND_MS);
  const until = Date.now() + ROUND_MS;
  const [storm, logins] = await Promise.all([read(until), logInUntil(until)]);
  rounds.push({ quiet, storm, logins });
}
const p99Quiet = median(rounds.map(({ quiet }) => percentile(quiet, 99)));
const p99Storm = median(rounds.map(({ storm }) => percentile(storm, 99)));
const logins = rounds.flatMap((round) => round.logins);
const good = logins.filter(({ status }) => status === 200);
const refused = logins.filter(({ status }) => status === 503);
console.log(`${ROUNDS} rounds of ${ROUND_MS} ms, ${LOGINS_AT_ONCE} logins under way at once in a storm`);
console.log(
  `GET /protected, p99: quiet ${p99Quiet.toFixed(1)} ms, in the storm ${p99Storm.toFixed(1)} ms, ratio ${(p99Storm / p99Quiet).toFixed(2)}`,
);
console.log(
  `logins: ${good.length} good (${(good.length / ((ROUNDS * ROUND_MS) / 1000)).toFixed(0)}/s), ${refused.length} refused with 503, others ${logins.length - good.length - refused.length}`,
);
console.log(
  `a 503 came after ${median(refused.map(({ ms }) => ms)).toFixed(1)} ms, p99 ${percentile(
    refused.map(({ ms }) => ms),
    99,
  ).toFixed(1)} ms`,
);
reader.agent.destroy();
await stop();

/** One request after another, over a connection of their own, as by somebody who is there already. */
async function read(until) {
  const times = [];
  while (Date.now() < until) {
    const { ms } = await reader.send('GET', '/protected', { token: pair.access_token });
    times.push(ms);
    await sleep(READ_EVERY_MS);
  }
  return times;
}

async function logInUntil(until) {
  const answers = [];
  const one = async () => {
    while (Date.now() < until) {
      const { status, ms } = await client.send('POST', '/login', { body: person });
      answers.push({ status, ms });
      if (status === 503) await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, one));
  return answers;
}

function percentile(times, percent) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

function median(values) {
  return percentile(values, 50);
}
