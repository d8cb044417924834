import { spawnSync } from 'node:child_process';
import { missingMessage, programs } from './programs.mjs';
import { tiers } from './tiers.mjs';

/**
 * `node test/tiers/run.mjs <tier> [jest options]` builds the service and runs the tests of one tier; `all` runs those of
 * `npm test` and of every tier. It first checks that the programs which the tests start are installed.
 */
const [name = '', ...options] = process.argv.slice(2);
const chosen = name === 'all' ? Object.keys(tiers) : [name];
const unknown = chosen.filter((tier) => !(tier in tiers));
if (unknown.length > 0) fail(`There is no tier "${name}": choose ${Object.keys(tiers).join(', ')} or all.`);

const needed = new Set(chosen.flatMap((tier) => tiers[tier].needs));
const missing = [...needed].filter((program) => programs[program].find() === undefined);
if (missing.length > 0) fail(`test:${name} cannot run: ${missingMessage(missing)}`);

await import('./build.mjs');
const statuses = chosen.map((tier) =>
  runJest(['--config', 'jest.tiers.config.js', '--selectProjects', tier], tier),
);
if (name === 'all') statuses.push(runJest([]));
process.exit(statuses.every((status) => status === 0) ? 0 : 1);

/** @param {readonly string[]} selection @param {string} [tier] */
function runJest(selection, tier) {
  // The selection comes last: a path after --selectProjects would count as one more project.
  const args = ['--max-semi-space-size=64', 'node_modules/jest/bin/jest.js', ...options, ...selection];
  const env = { ...(tier && tiers[tier].variables), ...process.env };
  return spawnSync(process.execPath, args, { stdio: 'inherit', env }).status;
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exit(1);
}
