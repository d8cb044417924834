import type { Environment } from './environment.js';

/** What links in mails begin with: by default where the service says it is, or else where it listens. */
export function publicUrlOf({ PUBLIC_URL, JWT_ISSUER, HOST, PORT, API_PREFIX = '' }: Environment): string {
  const origin = /^https?:\/\/[^?#]+$/.test(JWT_ISSUER) ? JWT_ISSUER : `http://${HOST}:${PORT}`;
  const url = PUBLIC_URL ?? `${origin}/${API_PREFIX}`;
  return url.replace(/(?<!:)\/+/g, '/').replace(/\/$/, '');
}
