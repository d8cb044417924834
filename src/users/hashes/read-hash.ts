import { readArgon2 } from './argon2-hash.js';
import { readAspNetIdentity } from './aspnet-identity-hash.js';
import { readBcrypt } from './bcrypt-hash.js';
import { readFirebaseScrypt } from './firebase-scrypt-hash.js';
import { readPbkdf2 } from './pbkdf2-hash.js';
import { readScrypt } from './scrypt-hash.js';
import { UnusableHash, type StoredHash } from './stored-hash.js';

const readers = [readArgon2, readBcrypt, readPbkdf2, readScrypt, readFirebaseScrypt, readAspNetIdentity];

/** Takes a stored hash apart, of whatever format. @throws UnusableHash where it is of none, or malformed. */
export function readHash(stored: string): StoredHash {
  for (const read of readers) {
    const hash = read(stored);
    if (hash) return hash;
  }
  throw new UnusableHash('is of no format that is known');
}
