// What a million revoked tokens cost, beside none, in the same run: `node bench/revoked-tokens.mjs`. Two services that
// differ in the rows of revoked_tokens alone share core 0; wrk, on core 1, asks one and then the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startService } from './running-service.mjs';
import { numbers, seed, uuid } from './seed.mjs';
import { median } from './statistics.mjs';
import { load } from './wrk.mjs';

const STARTS = 3;
const SETTLE_MS = 5000;
const NO_LIMIT = '1000000 per second';

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
        const figures = await ask(house, seconds);
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
  // Makes the tables.
  await (await start()).stop();
  await revoke(file, rows);
  const starts = [];
  let service;
  for (let n = 0; n < STARTS; n++) {
    await service?.stop();
    service = await start();
    starts.push({ seconds: service.readyAfterMs / 1000, cpu: service.cpu() / 1e6 });
  }
  await sleep(SETTLE_MS);
  const atRestMiB = service.memory();
  return { service, token: await service.client.accessToken(), starts, atRestMiB, rounds: [] };
}

/** As many rows, half of them of sessions and half of access tokens. */
function revoke(file, rows) {
  const now = Date.now();
  return seed(
    file,
    `INSERT INTO revoked_tokens (id, reason, expires_at, revoked_at)
    WITH ${numbers(rows)} SELECT ${uuid} || iif(n % 2, '.' || hex(randomblob(6)), ''),
      iif(n % 2, 'revoked', 'logout'), ${now + 86_400_000} + n, ${now} FROM numbers`,
  );
}

async function ask({ service: { port, cpu }, token }, seconds) {
  const before = cpu();
  const { answers, rate } = await load(port, '/protected', token, seconds);
  return { perSecond: rate, cpuMicroseconds: (cpu() - before) / answers };
}

function summary({ service, starts, atRestMiB, rounds }) {
  return {
    readyAfterSeconds: median(starts.map(({ seconds }) => seconds)),
    startCpuSeconds: median(starts.map(({ cpu }) => cpu)),
    residentMiB: atRestMiB,
    residentAfterLoadMiB: service.memory(),
    requestsPerSecond: median(rounds.map(({ perSecond }) => perSecond)),
    cpuMicrosecondsPerRequest: median(rounds.map(({ cpuMicroseconds }) => cpuMicroseconds)),
  };
}

function ratios(none, many) {
  const ratio = (figure) => median(many.rounds.map((round, n) => round[figure] / none.rounds[n][figure]));
  return { requestsPerSecond: ratio('perSecond'), cpuPerRequest: ratio('cpuMicroseconds') };
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
