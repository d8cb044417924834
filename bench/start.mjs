// How long the service takes from its start to ready, and how much memory it holds, beside the limit and beside the frame
// it is built on: `node bench/start.mjs [rounds] [seconds of load]`. Each server has one core, the load the other; rounds
// alternate, and the middle of them is told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { median } from './statistics.mjs';
import { startServer, startService } from './running-service.mjs';
import { load } from './wrk.mjs';

const SETTLES_WITHIN_MS = 2000;
const NO_LIMIT = '1000000 per second';
const yardstick = (file) => resolve(import.meta.dirname, 'yardsticks', file);
const pinned = { core: 0 };
const settings = { THROTTLE_DEFAULT: NO_LIMIT, THROTTLE_LOGIN: NO_LIMIT };

/** For each server the medians: milliseconds to ready, of processor time until then, and MiB idle and after a load. */
export async function compareStarts({ rounds = 5, seconds = 10 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const servers = {
    limit: () => startServer([yardstick('limit.mjs')], {}, pinned),
    frame: () => startServer([yardstick('frame.mjs')], {}, pinned),
    'gatehouse, first start': () => startService(settings, pinned),
    gatehouse: () => startService(settings, { ...pinned, folder }),
  };
  const measured = [];
  try {
    for (let round = 0; round <= rounds; round++)
      for (const [name, start] of Object.entries(servers)) {
        const one = await measureStart(await start());
        // The first brings the files into memory, and lets the database be there.
        if (round > 0) measured.push({ name, ...one });
      }
    const loaded = {
      limit: await memoryUnderLoad(await servers.limit(), seconds),
      gatehouse: await memoryUnderLoad(await servers.gatehouse(), seconds),
    };
    return Object.keys(servers).map((name) => {
      const middle = (what) => median(measured.filter((one) => one.name === name).map((one) => one[what]));
      return { name, ms: middle('ms'), cpu: middle('cpu'), idle: middle('idle'), loaded: loaded[name] };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureStart({ readyAfterMs, cpu, memory, stop }) {
  const spent = cpu();
  await sleep(SETTLES_WITHIN_MS);
  const idle = memory();
  await stop();
  return { ms: readyAfterMs, cpu: spent / 1000, idle };
}

async function memoryUnderLoad({ client, port, memory, stop }, seconds) {
  await load(port, '/protected', await client.accessToken(), seconds);
  const loaded = memory();
  await stop();
  return loaded;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [rounds, seconds] = process.argv.slice(2).map(Number);
  const rows = await compareStarts({ rounds, seconds });
  const [limit] = rows;
  console.log('| server | ms to ready | ratio | ms of CPU | ratio | MiB idle | ratio | under load | ratio |');
  console.log(`|${' --- |'.repeat(9)}`);
  for (const row of rows) {
    const cells = ['ms', 'cpu', 'idle', 'loaded'].flatMap((what) =>
      row[what] === undefined ? ['', ''] : [row[what].toFixed(0), (row[what] / limit[what]).toFixed(2)],
    );
    console.log(`| ${[row.name, ...cells].join(' | ')} |`);
  }
}
