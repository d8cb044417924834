// What a request of somebody who is signed in costs, beside what the machine can do and what the guides build:
// `node bench/requests.mjs [seconds a round] [rounds]`. Each server has one core, the load the other; rounds alternate,
// and the middle of them is told.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from './statistics.mjs';
import { startServer, startService } from './running-service.mjs';
import { load } from './wrk.mjs';

const NO_LIMIT = '1000000 per second';
const yardstick = (file) => resolve(import.meta.dirname, 'yardsticks', file);
const pinned = { core: 0 };

const servers = {
  limit: () => startServer([yardstick('limit.mjs')], {}, pinned),
  'limit, no cache': () => startServer([yardstick('limit.mjs')], { CACHE: 'off' }, pinned),
  frame: () => startServer([yardstick('frame.mjs')], {}, pinned),
  tutorial: () =>
    startServer(
      ['--import', '@swc-node/register/esm-register', yardstick('tutorial.ts')],
      {},
      { ...pinned, cwd: process.cwd() },
    ),
  gatehouse: () => startService({ THROTTLE_DEFAULT: NO_LIMIT, THROTTLE_LOGIN: NO_LIMIT }, pinned),
};

const against = [
  { path: '/protected', limit: 'limit', frame: true },
  { path: '/users/me', limit: 'limit, no cache' },
];

export async function compareRequests({ seconds = 3, rounds = 5 } = {}) {
  const running = {};
  const measured = [];
  try {
    for (const [name, start] of Object.entries(servers)) running[name] = await signedIn(await start());
    for (const { path, frame } of against)
      for (let round = 0; round <= rounds; round++)
        for (const [name, server] of Object.entries(running)) {
          if (name === 'frame' && !frame) continue;
          const one = await measure(server, path, seconds);
          // The first is for the compiler.
          if (round > 0) measured.push({ name, path, ...one });
        }
  } finally {
    for (const { stop } of Object.values(running)) await stop();
  }

  const middle = (name, path, what) =>
    median(measured.filter((one) => one.name === name && one.path === path).map((one) => one[what]));
  return against.map(({ path, limit, frame }) => {
    const of = (name) => ({ rate: middle(name, path, 'rate'), cpu: middle(name, path, 'cpu') });
    const [here, there, tutorial] = [of('gatehouse'), of(limit), of('tutorial')];
    return {
      path,
      limit,
      rate: here.rate,
      cpu: here.cpu,
      limitRate: there.rate,
      limitCpu: there.cpu,
      ratio: here.rate / there.rate,
      cpuRatio: here.cpu / there.cpu,
      tutorialRatio: tutorial.rate / there.rate,
      // Nest on Fastify with one guard, and no more.
      ...(frame && { frameRatio: of('frame').rate / there.rate, frameCpuRatio: of('frame').cpu / there.cpu }),
    };
  });
}

async function signedIn(server) {
  return { ...server, token: await server.client.accessToken() };
}

async function measure({ port, cpu, token }, path, seconds) {
  const before = cpu();
  const { answers, rate } = await load(port, path, token, seconds);
  return { rate, cpu: (cpu() - before) / answers };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [seconds, rounds] = process.argv.slice(2).map(Number);
  const rows = await compareRequests({ seconds, rounds });
  console.log(
    '| GET | answers a second | limit | ratio | µs of CPU each | limit | ratio | tutorial Nest, ratio |',
  );
  console.log(`|${' --- |'.repeat(8)}`);
  for (const row of rows) {
    const cells = [
      row.path,
      row.rate,
      row.limitRate,
      row.ratio,
      row.cpu,
      row.limitCpu,
      row.cpuRatio,
      row.tutorialRatio,
    ];
    console.log(`| ${cells.map((cell) => (typeof cell === 'number' ? round(cell) : cell)).join(' | ')} |`);
  }
}

function round(value) {
  return value > 100 ? value.toFixed(0) : value.toFixed(2);
}
