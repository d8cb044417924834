// Refreshes a second with durable rotation, of many sessions at once, beside the commit limit (yardsticks/commit-limit.mjs) of the
// same disk. Both run on one core, whoever asks on another; rounds alternate, and the median of them is told.
// `node bench/refreshes.mjs [rounds] [seconds]`
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
  const sessions = await openSessions(service.client);
  await refreshFor(1000, sessions, service);
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const commits = await commitLimit(seconds * 1000);
    results.push({ commits, refreshes: await refreshFor(seconds * 1000, sessions, service) });
  }
  for (const { socket } of sessions) socket.destroy();
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

async function openSessions(client) {
  await client.send('POST', '/register', { body: person });
  const sessions = [];
  for (let n = 0; n < SESSIONS; n++) {
    const { body } = await client.send('POST', '/login', { body: person });
    const socket = connect(client.port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    sessions.push({ socket, token: body.refresh_token });
  }
  return sessions;
}

/** Each session refreshes in a chain: the next token with the answer that brought it. */
async function refreshFor(ms, sessions, service) {
  const before = service.cpu();
  const started = performance.now();
  const counts = await Promise.all(sessions.map((session) => refreshUntil(started + ms, session)));
  const count = counts.reduce((sum, some) => sum + some, 0);
  const tookMs = performance.now() - started;
  return { perSecond: count / (tookMs / 1000), cpuMicroseconds: (service.cpu() - before) / count };
}

async function refreshUntil(end, session) {
  let count = 0;
  for (; performance.now() < end; count++) {
    const { status, body } = await refresh(session);
    if (status !== 200) throw new Error(`a refresh was answered ${status}: ${body}`);
    session.token = JSON.parse(body).refresh_token;
  }
  return count;
}

/** As little HTTP as it takes: a client library would keep its core busier than the service keeps the other. */
function refresh({ socket, token }) {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n') + 4;
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (end < 4 || text.length < end + Number(length)) return;
      socket.off('data', take).off('error', reject);
      resolve({ status: Number(text.slice(9, 12)), body: text.slice(end) });
    };
    socket.on('data', take).once('error', reject);
    socket.write(
      `POST /refresh HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`,
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rounds, seconds] = process.argv.slice(2).map(Number);
  console.table(await measureRefreshes({ rounds, seconds }));
}
