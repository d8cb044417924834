// Memory and handles under a mixed load that goes on: `node bench/soak.mjs [seconds] [users]`, 600 and 16 by default.
//
// Users register, sign in, use their tokens, refresh and sign out, on the built service; DATABASE_URL and REDIS_URL of the
// environment choose its stores. Access tokens live for a minute, so that what is kept of each comes and goes several
// times. Printed every half minute: what the service says of itself at /metrics.
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from './running-service.mjs';

const SECONDS = Number(process.argv[2] ?? 600);
const SAMPLE_EVERY_S = SECONDS / 20;
const USERS = Number(process.argv[3] ?? 16);
const METRICS_TOKEN = 'soak-soak-soak-soak-soak';
const password = 'correct horse battery staple';

const { DATABASE_URL, REDIS_URL } = process.env;
const service = await startService({
  ...(DATABASE_URL && { DATABASE_URL }),
  ...(REDIS_URL && { REDIS_URL }),
  METRICS_TOKEN,
  ACCESS_TOKEN_TTL: '1m',
  THROTTLE_DEFAULT: '1000000 per minute',
  THROTTLE_LOGIN: '1000000 per minute',
  PASSWORD_HASH_MEMORY_KIB: '1024',
  PASSWORD_HASH_PASSES: '1',
});
const { client } = service;

const counts = { requests: 0, unexpected: 0 };
async function ask(status, ...request) {
  const answer = await client.send(...request);
  counts.requests++;
  if (answer.status !== status) counts.unexpected++;
  return answer.body;
}

let isOver = false;
async function use(number) {
  for (let round = 0; !isOver; round++) {
    const username = `soak-${process.pid}-${number}-${round}`;
    await ask(201, 'POST', '/register', { body: { username, password } });
    for (let session = 0; session < 3 && !isOver; session++) {
      let pair = await ask(200, 'POST', '/login', { body: { username, password } });
      for (let n = 0; n < 5; n++) {
        await ask(200, 'GET', '/protected', { token: pair.access_token });
        await ask(200, 'GET', '/users/me', { token: pair.access_token });
        pair = await ask(200, 'POST', '/refresh', { token: pair.refresh_token });
        await sleep(50);
      }
      await ask(204, 'POST', '/logout', { token: pair.access_token });
      await ask(401, 'GET', '/protected', { token: pair.access_token });
    }
  }
}

async function sample() {
  const text = await client.text('/metrics', METRICS_TOKEN);
  const value = (name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    'rss MiB': Math.round(value('process_resident_memory_bytes') / 2 ** 20),
    'heap MiB': Math.round(value('nodejs_heap_size_used_bytes') / 2 ** 20),
    handles: value('nodejs_active_handles_total'),
    'open files': value('process_open_fds'),
    denylist: value('gatehouse_denylist_entries'),
    requests: counts.requests,
    unexpected: counts.unexpected,
  };
}

const load = Promise.all(Array.from({ length: USERS }, (_, number) => use(number)));
const samples = [];
for (let n = 0; n < 20; n++) {
  await sleep(SAMPLE_EVERY_S * 1000);
  samples.push(await sample());
  console.log(JSON.stringify(samples.at(-1)));
}
isOver = true;
await load;
await service.stop();

const mean = (some) => some.reduce((sum, each) => sum + each['rss MiB'], 0) / some.length;
const [early, late] = [mean(samples.slice(8, 14)), mean(samples.slice(14))];
console.log(`resident memory, last third against the one before it: ${(late / early).toFixed(3)}`);
