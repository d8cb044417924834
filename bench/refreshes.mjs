// Refreshes a second with durable rotation, of many sessions at once, beside the commit limit (yardsticks/commit-limit.mjs) of the
// same disk. Both run on one core, whoever asks on another; rounds alternate, and the median of them is told.
// `node bench/refreshes.mjs [rounds] [seconds]`
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { closeSessions, openSessions, refreshFor } from './refreshing-clients.mjs';
import { person, startService } from './running-service.mjs';
import { median } from './statistics.mjs';

const SERVER_CORE = 0;
const LOAD_CORE = 1;
const SESSIONS = 64;
const NO_LIMIT = '1000000 per minute';
const run = promisify(execFile);

/** @returns medians: refreshes and commits a second, their ratio, and the processor time of each in microseconds */
export async function measureRefreshes({ rounds = 5, seconds = 4 } = {}) {
  await run('taskset', ['-acp', String(LOAD_CORE), String(process.pid)]);
  const service = await startService(
    {
      THROTTLE_DEFAULT: NO_LIMIT,
      THROTTLE_LOGIN: NO_LIMIT,
      PASSWORD_HASH_MEMORY_KIB: '1024',
      PASSWORD_HASH_PASSES: '1',
    },
    { core: SERVER_CORE },
  );
  await service.client.send('POST', '/register', { body: person });
  const sessions = await openSessions(
    service.client,
    Array.from({ length: SESSIONS }, () => person),
  );
  await refreshFor(1000, sessions, service);
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const commits = await commitLimit(seconds * 1000);
    results.push({ commits, refreshes: await refreshFor(seconds * 1000, sessions, service) });
  }
  closeSessions(sessions);
  await service.stop();
  const middle = (what) => median(results.map(what));
  return {
    refreshesPerSecond: middle(({ refreshes }) => refreshes.perSecond),
    commitsPerSecond: middle(({ commits }) => commits.perSecond),
    ratio: middle(({ refreshes, commits }) => refreshes.perSecond / commits.perSecond),
    cpuMicrosecondsPerRefresh: middle(({ refreshes }) => refreshes.cpuMicroseconds),
    cpuMicrosecondsPerCommit: middle(({ commits }) => commits.cpuMicroseconds),
  };
}

async function commitLimit(ms) {
  const script = fileURLToPath(new URL('yardsticks/commit-limit.mjs', import.meta.url));
  const { stdout } = await run('taskset', ['-c', String(SERVER_CORE), process.execPath, script, String(ms)]);
  return JSON.parse(stdout);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rounds, seconds] = process.argv.slice(2).map(Number);
  console.table(await measureRefreshes({ rounds, seconds }));
}
