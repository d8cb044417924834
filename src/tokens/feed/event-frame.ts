import type { FeedPage } from './revocation-feed.js';

const RECONNECTS_AFTER_MS = 1000;

/** What a stream begins with: the head of the answer goes out with it. */
export const OPENING = `retry: ${String(RECONNECTS_AFTER_MS)}\n: what is revoked\n\n`;

/**
 * A page as a server-sent event, whose id resumes after it. Where there is nothing new it is still sent, with a comment
 * in it: signed, it tells that there is nothing, which a comment alone could not.
 */
export function frameOf({ jwt, cursor, isEmpty }: Pick<FeedPage, 'jwt' | 'cursor' | 'isEmpty'>): string {
  const comment = isEmpty ? ': nothing new\n' : '';
  const id = cursor === null ? '' : `id: ${cursor}\n`;
  return `${comment}${id}data: ${jwt}\n\n`;
}
