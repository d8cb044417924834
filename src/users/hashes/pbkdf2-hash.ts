import { timingSafeEqual } from 'node:crypto';
import { decodeBase64 } from './base64.js';
import { UnusableHash, type HashReader, type StoredHash } from './stored-hash.js';

const MOST_ITERATIONS = 5_000_000;
const MOST_KEY_BYTES = 64;
const digestBytes: Record<string, number> = { sha1: 20, sha256: 32, sha512: 64 };

/** What a PBKDF2 hash consists of. */
export interface Pbkdf2Parts {
  readonly digest: string;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

const asText = (text: string) => Buffer.from(text);
const asHex = (text: string) => Buffer.from(text, 'hex');

/** Each with its groups in this order: digest, iterations, salt, key. */
const spellings = [
  {
    // passlib, whose `$pbkdf2$` is that of SHA-1
    form: /^\$pbkdf2(?:-(sha256|sha512))?\$([1-9]\d{0,8})\$([A-Za-z0-9./]+)\$([A-Za-z0-9./]+)$/,
    salt: decodeBase64,
    key: decodeBase64,
  },
  {
    // Django
    form: /^pbkdf2_(sha1|sha256)\$([1-9]\d{0,8})\$([^$]+)\$([A-Za-z0-9+/=]+)$/,
    salt: asText,
    key: decodeBase64,
  },
  {
    // Werkzeug
    form: /^pbkdf2:(sha1|sha256|sha512):([1-9]\d{0,8})\$([^$]+)\$((?:[0-9a-f]{2})+)$/,
    salt: asText,
    key: asHex,
  },
];

/** PBKDF2 (RFC 8018 §5.2) as passlib, Django and Werkzeug write it, and Keycloak's in the spelling of passlib. */
export const readPbkdf2: HashReader = (stored) => {
  if (!/^\$?pbkdf2/.test(stored)) return undefined;
  const parts = takeApart(stored);
  if (!parts) throw new UnusableHash('is no well-formed PBKDF2 hash of passlib, Django or Werkzeug');
  const { digest, key } = parts;
  // Keycloak's keys have 64 bytes, whatever the digest.
  if (key.length < (digestBytes[digest] ?? 0) || key.length > MOST_KEY_BYTES)
    throw new UnusableHash(
      `has a key that is shorter than its digest or longer than ${String(MOST_KEY_BYTES)} bytes`,
    );
  return pbkdf2Hash(parts);
};

/** Returns a PBKDF2 hash that is checked by its parts. */
export function pbkdf2Hash({ digest, iterations, salt, key }: Pbkdf2Parts): StoredHash {
  return {
    excess:
      iterations > MOST_ITERATIONS
        ? `has ${String(iterations)} iterations: at most ${String(MOST_ITERATIONS)}`
        : undefined,
    matches: async (password, threads) =>
      timingSafeEqual(await threads.run('pbkdf2', password, salt, iterations, key.length, digest), key),
  };
}

function takeApart(stored: string): Pbkdf2Parts | undefined {
  for (const { form, salt, key } of spellings) {
    const [whole, digest = 'sha1', iterations, saltText = '', keyText = ''] = form.exec(stored) ?? [];
    if (whole !== undefined)
      return { digest, iterations: Number(iterations), salt: salt(saltText), key: key(keyText) };
  }
  return undefined;
}
