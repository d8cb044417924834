import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { decodeBase64 } from './base64.js';
import { excessOf, requireScryptCost, scryptKey } from './scrypt-key.js';
import { UnusableHash, type HashReader } from './stored-hash.js';

const AES_KEY_BYTES = 32;
const LEAST_SIGNER_KEY_BYTES = 32;

const base64 = '[A-Za-z0-9+/_=-]+';
const form = new RegExp(
  `^\\$fbscrypt\\$v=1,n=(\\d{1,2}),r=([1-9]\\d?),p=1,ss=(${base64}),sk=(${base64})\\$(${base64})\\$(${base64})$`,
);

/**
 * The scrypt of Firebase Authentication: the key that scrypt gives encrypts the project's signer key, and what comes of
 * it is the hash. The parameters of the project stand in each hash, in the form that Supabase Auth takes too:
 * `$fbscrypt$v=1,n=MEM_COST,r=ROUNDS,p=1,ss=SALT_SEPARATOR,sk=SIGNER_KEY$SALT$HASH`.
 */
export const readFirebaseScrypt: HashReader = (stored) => {
  if (!stored.startsWith('$fbscrypt$')) return undefined;
  const [, memCost, rounds, ...encoded] = form.exec(stored) ?? [];
  if (memCost === undefined) throw new UnusableHash('is no well-formed $fbscrypt$ hash');
  const [separator, signerKey, salt, hash] = encoded.map(decodeBase64) as [Buffer, Buffer, Buffer, Buffer];
  if (signerKey.length < LEAST_SIGNER_KEY_BYTES || hash.length !== signerKey.length)
    throw new UnusableHash('has a signer key that is too short, or a hash of another length than it');
  const cost = { N: 2 ** Number(memCost), r: Number(rounds), p: 1 };
  requireScryptCost(cost);
  return {
    excess: excessOf(cost),
    matches: async (password, threads) => {
      const key = await scryptKey(threads, password, Buffer.concat([salt, separator]), cost, AES_KEY_BYTES);
      return timingSafeEqual(encrypt(signerKey, key), hash);
    },
  };
};

// The counter may start at zero each time: no key encrypts anything but the signer key.
function encrypt(plain: Buffer, key: Uint8Array): Buffer {
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(plain);
}
