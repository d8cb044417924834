import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { tiers } from './tiers.mjs';

/** Before all tests of a tier: starts the servers that they share, and puts their URLs into the environment of the tests. */
export default async function startSharedServers(_globalConfig, { displayName }) {
  const { sharedServers } = tiers[displayName.name];
  const args = [
    '--import',
    '@swc-node/register/esm-register',
    'test/tiers/start-servers.ts',
    ...sharedServers,
  ];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')]);
  if (typeof line !== 'string') throw new Error('The servers that the tests need did not start, see above.');
  Object.assign(process.env, JSON.parse(line));
  globalThis.sharedServers = child;
}
