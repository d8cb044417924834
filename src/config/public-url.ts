import { Environment } from './environment.js';

const defaults = new Environment();

/** What links in mails begin with: by default where the service says it is, or else where it listens. */
export function publicUrlOf({ PUBLIC_URL, JWT_ISSUER, HOST, PORT, API_PREFIX = '' }: Environment): string {
  const own = `http://${HOST}:${PORT}`;
  // The issuer by default names a port that the service may not listen on.
  const isGiven = JWT_ISSUER !== defaults.JWT_ISSUER || PORT === defaults.PORT;
  const origin = isGiven && /^https?:\/\/[^?#]+$/.test(JWT_ISSUER) ? JWT_ISSUER : own;
  const url = PUBLIC_URL ?? `${origin}/${API_PREFIX}`;
  return url.replace(/(?<!:)\/+/g, '/').replace(/\/$/, '');
}
