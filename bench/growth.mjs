// What grows with the number of users and sessions: `node bench/growth.mjs [most users]`. A service after another, each
// with so many users, as many sessions and refresh tokens, and access tokens in use up to MOST_TOKENS; on one core, the
// load on the other.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { closeSessions, openSessions, refreshFor } from './refreshing-clients.mjs';
import { person, startService } from './running-service.mjs';
import { numbers, seed, uuid } from './seed.mjs';
import { median } from './statistics.mjs';
import { loadWithTokens } from './wrk.mjs';

const SIZES = [10, 10_000, 1_000_000];
/** More than the service remembers the signatures of, so that a round meets none that it knows. */
const MOST_TOKENS = 25_000;
const SESSIONS = 64;
const REFRESH_MS = 4000;
const SETTLE_MS = 3000;
const NO_LIMIT = '1000000 per second';
const DAY_MS = 86_400_000;

/** For each number of users: seconds to ready, MiB at rest and after load and of the database, and rates a second. */
export async function measureGrowth({ sizes = SIZES, rounds = 3, seconds = 2 } = {}) {
  const measured = [];
  for (const users of sizes) measured.push(await measureWith(users, rounds, seconds));
  return measured;
}

async function measureWith(users, rounds, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-growth-'));
  let service;
  try {
    const file = join(folder, 'gatehouse.sqlite');
    await (await registerOne(file)).stop();
    await populate(file, users);
    service = await start(file);
    await sleep(SETTLE_MS);
    const atRestMiB = service.memory();
    const { refreshes, tokens } = await refreshAndCollect(service, users);
    const list = join(folder, 'tokens');
    writeFileSync(list, `${tokens.slice(-Math.min(users, MOST_TOKENS)).join('\n')}\n`);
    const rate = async (path) => {
      const answered = [];
      for (let round = 0; round <= rounds; round++)
        answered.push((await loadWithTokens(service.port, path, list, seconds)).rate);
      // The first is for the compiler.
      return median(answered.slice(1));
    };
    return {
      users,
      readyAfterSeconds: service.readyAfterMs / 1000,
      atRestMiB,
      refreshesPerSecond: refreshes,
      protectedPerSecond: await rate('/protected'),
      usersMePerSecond: await rate('/users/me'),
      afterLoadMiB: service.memory(),
      databaseMiB: statSync(file).size / 2 ** 20,
    };
  } finally {
    await service?.stop();
    rmSync(folder, { recursive: true });
  }
}

function start(file) {
  return startService(
    {
      DATABASE_URL: `sqlite:${file}`,
      JWT_KEYS_FILE: `${file}.keys.json`,
      THROTTLE_DEFAULT: NO_LIMIT,
      THROTTLE_LOGIN: NO_LIMIT,
      PASSWORD_HASH_MEMORY_KIB: '1024',
      PASSWORD_HASH_PASSES: '1',
    },
    { core: 0 },
  );
}

/** Makes the tables, and the one whose password all the others have too. */
async function registerOne(file) {
  const service = await start(file);
  await service.client.send('POST', '/register', { body: person });
  return service;
}

function populate(file, users) {
  const now = Date.now();
  return seed(
    file,
    `INSERT INTO users SELECT ${uuid}, 'user-' || n, 'user-' || n, 'user-' || n || '@example.org',
      'user-' || n || '@example.org', 1, password_hash, password_changed_at, roles, 0, ${now}, ${now}, NULL, NULL
    FROM users, (WITH ${numbers(users)} SELECT n FROM numbers) WHERE username = '${person.username}';
    INSERT INTO sessions SELECT ${uuid}, id, ${now}, ${now}, ${now + 7 * DAY_MS} + abs(random() % ${DAY_MS}), '192.0.2.1',
      'a browser', ${now}, NULL, NULL FROM users;
    INSERT INTO refresh_tokens SELECT id, id, NULL, NULL, ${now}, expires_at, NULL, NULL, NULL, id || '.access',
      ${now + DAY_MS} FROM sessions`,
  );
}

async function refreshAndCollect(service, users) {
  const people = Array.from({ length: SESSIONS }, (_, n) => ({
    ...person,
    username: `user-${1 + (Math.floor((n * users) / SESSIONS) % users)}`,
  }));
  const sessions = await openSessions(service.client, people);
  const tokens = [];
  const note = (token) => tokens.push(token);
  await refreshFor(1000, sessions, service, note);
  const { perSecond } = await refreshFor(REFRESH_MS, sessions, service, note);
  while (tokens.length < Math.min(users, MOST_TOKENS)) await refreshFor(1000, sessions, service, note);
  closeSessions(sessions);
  return { refreshes: perSecond, tokens };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const most = Number(process.argv[2] ?? Infinity);
  console.table(await measureGrowth({ sizes: SIZES.filter((size) => size <= most) }));
}
