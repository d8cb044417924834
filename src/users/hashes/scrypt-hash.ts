import { timingSafeEqual } from 'node:crypto';
import { decodeBase64 } from './base64.js';
import { excessOf, requireScryptCost, scryptKey } from './scrypt-key.js';
import { UnusableHash, type HashReader } from './stored-hash.js';

const KEY_BYTES = 64;

const werkzeug =
  /^scrypt:(?<N>[1-9]\d{0,8}):(?<r>[1-9]\d{0,2}):(?<p>[1-9]\d{0,2})\$(?<salt>[^$]+)\$(?<hex>[0-9a-f]{128})$/;
const django =
  /^scrypt\$(?<N>[1-9]\d{0,8})\$(?<salt>[^$]+)\$(?<r>[1-9]\d{0,2})\$(?<p>[1-9]\d{0,2})\$(?<base64>[A-Za-z0-9+/=]+)$/;

/** scrypt as Werkzeug and Django write it. */
export const readScrypt: HashReader = (stored) => {
  if (!/^scrypt[:$]/.test(stored)) return undefined;
  const parts = (werkzeug.exec(stored) ?? django.exec(stored))?.groups;
  if (!parts) throw new UnusableHash('is no well-formed scrypt hash of Werkzeug or Django');
  const { hex, base64, salt = '' } = parts;
  const key = hex === undefined ? decodeBase64(base64 ?? '') : Buffer.from(hex, 'hex');
  if (key.length !== KEY_BYTES) throw new UnusableHash('has a key of another length than 64 bytes');
  const cost = { N: Number(parts['N']), r: Number(parts['r']), p: Number(parts['p']) };
  requireScryptCost(cost);
  return {
    excess: excessOf(cost),
    matches: async (password, threads) =>
      timingSafeEqual(await scryptKey(threads, password, Buffer.from(salt), cost, KEY_BYTES), key),
  };
};
