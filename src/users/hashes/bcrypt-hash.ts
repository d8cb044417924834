import { createHash } from 'node:crypto';
import { UnusableHash, type HashReader } from './stored-hash.js';

const LEAST_COST = 4;
const MOST_COST = 15;

// The last characters of salt and digest carry fewer than six bits: the others are zero, in all that compares bytes.
const form =
  /^(bcrypt_sha256\$|bcrypt\$)?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26])$/;

/**
 * bcrypt as most libraries write it, and Django's two: `bcrypt$` and `bcrypt_sha256$` before it.
 *
 * bcrypt sees 72 bytes of a password and cuts off the rest. So does this check, or a long password would no longer be
 * right; the argon2id hash that follows the first sign-in is of the whole password.
 */
export const readBcrypt: HashReader = (stored) => {
  if (!/^(bcrypt(_sha256)?\$|\$2)/.test(stored)) return undefined;
  const [, django, hash, digits] = form.exec(stored) ?? [];
  if (hash === undefined) throw new UnusableHash('is no well-formed bcrypt hash of the kind 2a, 2b or 2y');
  const cost = Number(digits);
  if (cost < LEAST_COST || cost > 31) throw new UnusableHash('has a bcrypt cost that cannot be');
  return {
    excess:
      cost > MOST_COST ? `has the bcrypt cost ${String(cost)}: at most ${String(MOST_COST)}` : undefined,
    matches: (password, threads) =>
      threads.run('bcryptVerify', django === 'bcrypt_sha256$' ? sha256(password) : password, hash),
  };
};

function sha256(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}
