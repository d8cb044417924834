// `npm run bench`: what users care about beside what this machine can do, in one run of less than ten minutes. Prints the
// table of docs/performance.md with each target, and writes all figures and the plots to bench/results.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { measureGrowth } from './growth.mjs';
import { growthPlots } from './plots.mjs';
import { compareRequests } from './requests.mjs';
import { measureLogins } from './logins.mjs';
import { measureRefreshes } from './refreshes.mjs';
import { measureRevokedTokens } from './revoked-tokens.mjs';
import { compareStarts } from './start.mjs';

const atLeast = (target) => ({ target: `≥ ${target}`, holds: (value) => value >= target });
const atMost = (target) => ({ target: `≤ ${target}`, holds: (value) => value <= target });

const parts = {
  requests: () => compareRequests({ rounds: 5, seconds: 2 }),
  revoked: () => measureRevokedTokens({ rounds: 7, seconds: 2 }),
  logins: () => measureLogins({ rounds: 5, stormRounds: 3 }),
  refreshes: () => measureRefreshes({ rounds: 5, seconds: 3 }),
  starts: () => compareStarts({ rounds: 3, seconds: 5 }),
  growth: () => measureGrowth({ rounds: 2, seconds: 2 }),
};

const figures = { node: process.version, cores: availableParallelism(), model: cpus()[0]?.model };
for (const [name, measure] of Object.entries(parts)) {
  const started = performance.now();
  figures[name] = await measure();
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

const lines = [...requestLines(figures), ...revokedLines(figures), ...otherLines(figures)];
console.log('| what | against | target | here | |');
console.log(`|${' --- |'.repeat(5)}`);
for (const { what, against, target, holds, value } of lines)
  console.log(
    `| ${what} | ${against} | ${target} | ${value.toFixed(2)} | ${holds(value) ? 'reached' : 'short of it'} |`,
  );
console.table(figures.growth);
const folder = resolve('bench/results');
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/results.json`, `${JSON.stringify(figures, null, 2)}\n`);
for (const [name, picture] of Object.entries(growthPlots(figures.growth)))
  writeFileSync(`${folder}/${name}`, picture);
console.error(`All figures and the plots are in ${folder}`);

function requestLines({ requests: [known, stored] }) {
  return [
    { what: 'GET /protected, throughput', against: known.limit, ...atLeast(0.85), value: known.ratio },
    { what: 'GET /protected, CPU a request', against: known.limit, ...atMost(1.15), value: known.cpuRatio },
    { what: 'GET /users/me, throughput', against: stored.limit, ...atLeast(1), value: stored.ratio },
  ];
}

function revokedLines({ revoked: { none, many, ratios } }) {
  const against = 'none revoked';
  return [
    {
      what: 'GET /protected with 1,000,000 revoked, throughput',
      against,
      ...atLeast(0.97),
      value: ratios.requestsPerSecond,
    },
    {
      what: 'GET /protected with 1,000,000 revoked, CPU a request',
      against,
      ...atMost(1.03),
      value: ratios.cpuPerRequest,
    },
    { what: 'the same, MiB more', against, ...atMost(100), value: many.residentMiB - none.residentMiB },
    { what: 'the same, seconds to ready', against: '', ...atMost(3), value: many.readyAfterSeconds },
  ];
}

function otherLines({ logins, refreshes, starts }) {
  const server = Object.fromEntries(starts.map((row) => [row.name, row]));
  const ratio = (what) => server.gatehouse[what] / server.limit[what];
  return [
    { what: 'logins a second', against: 'hash limit', ...atLeast(0.95), value: logins.ratio },
    {
      what: 'p99 of GET /protected in a storm of logins',
      against: 'without it',
      ...atMost(3),
      value: logins.storm.p99Ratio,
    },
    { what: 'refreshes a second', against: 'commit limit', ...atLeast(1), value: refreshes.ratio },
    { what: 'start to ready', against: 'limit', ...atMost(2), value: ratio('ms') },
    { what: 'memory, idle', against: 'limit', ...atMost(1.3), value: ratio('idle') },
    { what: 'memory, under load', against: 'limit', ...atMost(1.3), value: ratio('loaded') },
  ];
}
