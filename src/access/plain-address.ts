import { isIPv4 } from 'node:net';

const MAPPED = '::ffff:';

/**
 * The address of a client: that of IPv4 which a socket for both versions shows as one of IPv6, mapped. Whatever the types
 * of Fastify say, there is none where the client is gone and nobody has asked for it before.
 */
export function plainAddress(ip = ''): string {
  const rest = ip.slice(MAPPED.length);
  return ip.startsWith(MAPPED) && isIPv4(rest) ? rest : ip;
}
