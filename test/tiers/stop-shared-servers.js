import { once } from 'node:events';

/** After all tests of a tier: stops the servers that they shared. */
export default async function stopSharedServers() {
  const { sharedServers } = globalThis;
  sharedServers.stdin.end();
  await once(sharedServers, 'exit');
}
