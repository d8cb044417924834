// Whether the time of an answer tells which accounts exist. Of each pair the two requests take turns, in an order drawn
// anew each time, one at a time; what is left of the difference of their means is compared with its own noise.
import { startService } from './running-service.mjs';

const ROUNDS = Number(process.argv[2] ?? 400);
const WARM_UP = 20;
const NO_LIMIT = '1000000 per minute';
const password = 'correct horse battery staple';
const wrong = 'not the password of anybody';

const { client, stop } = await startService({
  THROTTLE_LOGIN: NO_LIMIT,
  THROTTLE_DEFAULT: NO_LIMIT,
  LOG_LEVEL: 'silent',
});
await client.send('POST', '/register', { body: { username: 'ada', password, email: 'ada@example.org' } });

const login = (username) => () => client.send('POST', '/login', { body: { username, password: wrong } });
const token = (username) => () =>
  client.send('POST', '/token', { form: { grant_type: 'password', username, password: wrong } });
const forgot = (email) => () => client.send('POST', '/password/forgot', { body: { email } });
let registered = 0;
const register = (username) => () =>
  client.send('POST', '/register', { body: { username: username(), password } });

const pairs = [
  ['POST /login, by username', login('ada'), login('nobody')],
  ['POST /login, by email', login('ada@example.org'), login('nobody@example.org')],
  ['POST /token', token('ada'), token('nobody')],
  ['POST /password/forgot', forgot('ada@example.org'), forgot('nobody@example.org')],
  ['POST /register (409 and 201 by contract)', register(() => 'ada'), register(() => `user-${++registered}`)],
];

console.log(`${ROUNDS} rounds a pair; times in ms`);
console.log('| request | known | unknown | difference of the means | its 95 % interval |');
console.log('| --- | --- | --- | --- | --- |');
for (const [name, known, unknown] of pairs) {
  const times = await takeTurns(known, unknown);
  const [first, second] = times.map(summary);
  const difference = first.mean - second.mean;
  const noise = 1.96 * Math.sqrt(first.variance / first.size + second.variance / second.size);
  const verdict = Math.abs(difference) <= noise ? 'within its noise' : 'BEYOND ITS NOISE';
  console.log(
    `| ${name} | ${shown(first)} | ${shown(second)} | ${difference.toFixed(3)} | ±${noise.toFixed(3)}: ${verdict} |`,
  );
}
await stop();

async function takeTurns(...requests) {
  const times = requests.map(() => []);
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const order = Math.random() < 0.5 ? [0, 1] : [1, 0];
    for (const which of order) {
      const { ms } = await requests[which]();
      if (round >= 0) times[which].push(ms);
    }
  }
  return times;
}

function summary(times) {
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const variance = times.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / (times.length - 1);
  return { mean, variance, size: times.length };
}

function shown({ mean, variance }) {
  return `${mean.toFixed(2)} (sd ${Math.sqrt(variance).toFixed(2)})`;
}
