import type { Environment } from './environment.js';

/** What an operator is told at start: settings that work, and with which a service should not face people. */
export function warningsOf(environment: Environment, publicUrl: string): string[] {
  const { NODE_ENV, PUBLIC_URL, SMTP_URL } = environment;
  if (NODE_ENV !== 'production') return [];
  return [
    ...(PUBLIC_URL === undefined
      ? [`PUBLIC_URL is not set: links in mails begin with ${publicUrl}, which people may not reach`]
      : []),
    ...(SMTP_URL !== undefined && mayGoInClear(SMTP_URL)
      ? ['SMTP_URL is not smtps://: passwords and links go in clear where the mail server offers no STARTTLS']
      : []),
  ];
}

function mayGoInClear(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'smtp:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
