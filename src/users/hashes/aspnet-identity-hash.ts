import { pbkdf2Hash, type Pbkdf2Parts } from './pbkdf2-hash.js';
import { UnusableHash, type HashReader } from './stored-hash.js';

/** Nothing but base64 of the length that the versions have, so that no other format is taken for it. */
const FORM = /^A[A-Za-z0-9+/]{60,130}={0,2}$/;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const HEAD_BYTES = 13;
const VERSION_2_ITERATIONS = 1000;
/** By the number of ASP.NET's `KeyDerivationPrf`. */
const digests = ['sha1', 'sha256', 'sha512'];

/**
 * PBKDF2 as the `PasswordHasher` of ASP.NET Identity lays it out, in base64: a zero, salt and key (version 2), or a one, the
 * numbers of the digest, of iterations and of the bytes of the salt, salt and key (version 3).
 */
export const readAspNetIdentity: HashReader = (stored) => {
  if (!FORM.test(stored)) return undefined;
  const parts = takeApart(Buffer.from(stored, 'base64'));
  if (!parts) throw new UnusableHash('is no well-formed hash of ASP.NET Identity');
  return pbkdf2Hash(parts);
};

function takeApart(bytes: Buffer): Pbkdf2Parts | undefined {
  if (bytes[0] === 0 && bytes.length === 1 + SALT_BYTES + KEY_BYTES)
    return { digest: 'sha1', iterations: VERSION_2_ITERATIONS, ...saltAndKey(bytes, 1, SALT_BYTES) };
  if (bytes[0] !== 1 || bytes.length < HEAD_BYTES + SALT_BYTES + KEY_BYTES) return undefined;
  const digest = digests[bytes.readUInt32BE(1)];
  const iterations = bytes.readUInt32BE(5);
  const saltBytes = bytes.readUInt32BE(9);
  if (digest === undefined || iterations === 0 || bytes.length !== HEAD_BYTES + saltBytes + KEY_BYTES)
    return undefined;
  return { digest, iterations, ...saltAndKey(bytes, HEAD_BYTES, saltBytes) };
}

function saltAndKey(bytes: Buffer, start: number, saltBytes: number): Pick<Pbkdf2Parts, 'salt' | 'key'> {
  return { salt: bytes.subarray(start, start + saltBytes), key: bytes.subarray(start + saltBytes) };
}
