import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Before all tests of `npm run test:cluster`: starts one PostgreSQL and one Redis, and lets the tests know of them. */
export default async function startStoresForAll() {
  const args = ['--import', '@swc-node/register/esm-register', 'test/support/start-stores.ts'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')]);
  if (typeof line !== 'string') throw new Error('The stores that the tests need did not start, see above.');
  Object.assign(process.env, JSON.parse(line));
  globalThis.stores = child;
}
