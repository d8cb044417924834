import { createHash } from 'node:crypto';

/** How breach lists name a password: SHA-1 in upper-case hexadecimal digits. It protects nothing, and need not. */
export function breachDigest(password: string): string {
  return createHash('sha1').update(password.normalize('NFKC')).digest('hex').toUpperCase();
}
