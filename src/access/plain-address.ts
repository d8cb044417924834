import { isIPv4 } from 'node:net';

const MAPPED = '::ffff:';

/** The address of a client: that of IPv4 which a socket for both versions shows as one of IPv6, mapped. */
export function plainAddress(ip: string): string {
  const rest = ip.slice(MAPPED.length);
  return ip.startsWith(MAPPED) && isIPv4(rest) ? rest : ip;
}
