import { once } from 'node:events';

/** After all tests: ends the servers. */
export default async function stopStoresForAll() {
  const { stores } = globalThis;
  stores.stdin.end();
  await once(stores, 'exit');
}
