import { BlockList, isIP } from 'node:net';
import type { Client } from '../access/client.decorator.js';
import type { RefreshToken } from './refresh-token.entity.js';

/** Who presented a refresh token; nothing is known of a presentation before this was kept. */
export interface RefreshOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

const MIXED = 'mixed';
const NETWORK_BITS = { 4: 24, 6: 64 } as const;

/** Who presented a spent token first. */
export function firstUse({ usedIp, usedUserAgent }: RefreshToken): RefreshOrigin {
  return { ip: usedIp, userAgent: usedUserAgent };
}

/** Whether two presentations came from the same user agent and network: a /24 of IPv4, a /64 of IPv6. */
export function isSameOrigin(one: RefreshOrigin, other: RefreshOrigin): boolean {
  return one.userAgent === other.userAgent && isSameNetwork(one.ip, other.ip);
}

/**
 * Whether a spent token may be presented late. Late repeats in two generations in a row are those of one client only where
 * every presentation came from the same origin; otherwise an owner and a thief may be taking turns.
 */
export function mayRepeatLate(token: RefreshToken, client: Client): boolean {
  if (token.parentRepeats === null) return true;
  const first = firstUse(token);
  const parents = readOrigin(token.parentRepeats);
  return parents !== undefined && isSameOrigin(first, client) && isSameOrigin(first, parents);
}

/** What is kept with the successor after a late repeat: the origin of all the presentations, or that there were several. */
export function repeatsWith(
  token: RefreshToken,
  client: Client,
  successor: Pick<RefreshToken, 'parentRepeats'>,
): string {
  const first = firstUse(token);
  return successor.parentRepeats === MIXED || !isSameOrigin(first, client) ? MIXED : JSON.stringify(first);
}

function readOrigin(text: string): RefreshOrigin | undefined {
  return text === MIXED ? undefined : (JSON.parse(text) as RefreshOrigin);
}

function isSameNetwork(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  const version = isIP(one);
  if (version === 0 || version !== isIP(other)) return one === other;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const network = new BlockList();
  network.addSubnet(one, NETWORK_BITS[version as 4 | 6], family);
  return network.check(other, family);
}
