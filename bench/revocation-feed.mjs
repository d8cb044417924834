// How soon a logout holds at a resource server, and what the requests there ask of the issuer:
// `node bench/revocation-feed.mjs`. Each is a process of its own; between them is the stream of the feed.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { person, startServer, startService } from './running-service.mjs';
import { percentile } from './statistics.mjs';

const NO_LIMIT = '1000000 per second';
const REVOCATIONS_TOKEN = 'a-token-for-the-bench';
const METRICS_TOKEN = 'another-for-the-metrics';
const GIVES_UP_AFTER_MS = 10_000;
const AT_ONCE = 16;

/**
 * @returns the milliseconds from the 2xx of a logout to the first 401 at the resource server; and how many requests the
 * issuer answered while the resource server answered `requests`
 */
export async function measureRevocationFeed({ logouts = 100, requests = 10_000 } = {}) {
  const issuer = await startService({
    REVOCATIONS_TOKEN,
    METRICS_TOKEN,
    THROTTLE_DEFAULT: NO_LIMIT,
    THROTTLE_LOGIN: NO_LIMIT,
    // Logins are not what is measured.
    PASSWORD_HASH_MEMORY_KIB: '8',
    PASSWORD_HASH_PASSES: '1',
  });
  const address = `http://127.0.0.1:${issuer.port}`;
  const server = await startServer([resolve(import.meta.dirname, 'resource-server.mjs')], {
    ISSUER: 'http://localhost:3000',
    JWKS_URL: `${address}/.well-known/jwks.json`,
    REVOCATIONS_URL: `${address}/revocations`,
    REVOCATIONS_TOKEN,
  });
  try {
    await issuer.client.send('POST', '/register', { body: person });
    const times = [];
    for (let n = 0; n < logouts; n++) times.push(await timeLogout(issuer.client, server.client));
    return { times: summary(times), issuer: await countWhile(issuer, server, requests) };
  } finally {
    await server.stop();
    await issuer.stop();
  }
}

async function timeLogout(issuer, server) {
  const token = await signIn(issuer);
  await requireStatus(server, token, 200);
  const { status } = await issuer.send('POST', '/logout', { token });
  if (status !== 204) throw new Error(`a logout was answered ${status}`);
  const answered = performance.now();
  while ((await server.send('GET', '/reports', { token })).status !== 401)
    if (performance.now() - answered > GIVES_UP_AFTER_MS) throw new Error('a logout does not hold');
  return performance.now() - answered;
}

async function countWhile({ client }, server, requests) {
  const token = await signIn(client);
  const before = await countRequests(client);
  const started = performance.now();
  for (let sent = 0; sent < requests; sent += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, () => requireStatus(server.client, token, 200)));
  const seconds = (performance.now() - started) / 1000;
  // One of them is that which read the count before.
  return { requests, seconds, asked: (await countRequests(client)) - before - 1 };
}

async function signIn(client) {
  return (await client.send('POST', '/login', { body: person })).body.access_token;
}

async function requireStatus(client, token, due) {
  const { status } = await client.send('GET', '/reports', { token });
  if (status !== due) throw new Error(`the resource server answers ${status}`);
}

/** How many requests the issuer has answered until now; the stream counts when it ends. */
async function countRequests(client) {
  const text = await client.text('/metrics', METRICS_TOKEN);
  const counts = [...text.matchAll(/^gatehouse_http_requests_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

function summary(times) {
  const [p50, p99, longest] = [50, 99, 100].map((percent) => percentile(times, percent));
  return { logouts: times.length, p50, p99, longest };
}

function print({ times, issuer }) {
  const ms = (value) => `${value.toFixed(1)} ms`;
  console.log(`From the 2xx of a logout to the first 401, ${times.logouts} times:`);
  console.log(`  p50 ${ms(times.p50)}, p99 ${ms(times.p99)}, longest ${ms(times.longest)}`);
  console.log(
    `Requests to the issuer in ${issuer.requests} to the resource server (${issuer.seconds.toFixed(1)} s): ${issuer.asked}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print(await measureRevocationFeed());
