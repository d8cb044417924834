import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress } from '../access/plain-address.js';

const NAME = 'x-forwarded-for';
const FORMS = [/^\[([^\]]+)\](?::\d+)?$/, /^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/, /^(.+)$/];

/**
 * Leaves bare addresses in `X-Forwarded-For`, whatever form a proxy writes them in: with a port, which would make each
 * connection a client of its own, in brackets or in quotes. What stands left of an entry that is no address was written by
 * nobody who is known, and goes with it.
 */
export function normalizeForwardedFor({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const value = headers[NAME];
  if (value === undefined) return;
  const entries = String(value).split(',').map(bareAddress);
  const known = entries.slice(entries.lastIndexOf(undefined) + 1);
  headers[NAME] = known.length === 0 ? undefined : known.join(', ');
}

function bareAddress(entry: string): string | undefined {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const form = FORMS.find((each) => each.test(text));
  const [address = ''] = form?.exec(text)?.[1]?.split('%') ?? [];
  return isIP(address) === 0 ? undefined : plainAddress(address.toLowerCase());
}
