/** How many words of 32 bits a key has. Of the last one the upper 8 bits are free. */
export const KEY_WORDS = 7;

const SPREAD_WORDS = 6;

const UUID_LENGTH = 36;
/** Where the groups of four digits of a UUID begin: two make a word. */
const GROUPS = [0, 4, 9, 14, 19, 24, 28, 32] as const;
const DASHES = [8, 13, 18, 23] as const;
const SUFFIX_LENGTH = 12;
const SUFFIX_GROUPS = [37, 41, 45] as const;
const HAS_SUFFIX = 1 << 24;

const NO_SIGN = -1;
const hex = valuesOf('0123456789abcdef');
const base64url = valuesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/**
 * Writes an id as {@link KEY_WORDS} numbers: a session's or refresh token's, a UUID, or an access token's, which has a
 * dot and 12 signs of base64url after one. No digest: every id has a key of its own.
 * @returns false for an id of another form
 */
export function readKey(id: string, key: Uint32Array): boolean {
  if (id.length === UUID_LENGTH) {
    key.fill(0, 4);
    return readUuid(id, key);
  }
  if (id.length !== UUID_LENGTH + 1 + SUFFIX_LENGTH || id[UUID_LENGTH] !== '.') return false;
  return readUuid(id, key) && readSuffix(id, key);
}

/**
 * Spreads the keys that begin at `at` among `words` over all numbers of 32 bits. It is fast rather than safe from keys
 * made to meet: ids are random numbers of ours, and only one in a token with a good signature is looked up.
 */
export function spread(words: Uint32Array, at = 0): number {
  let hash = 0;
  for (let word = at; word < at + SPREAD_WORDS; word++) {
    hash = Math.imul(hash ^ (words[word] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

function readUuid(id: string, key: Uint32Array): boolean {
  for (const at of DASHES) if (id[at] !== '-') return false;
  let all = 0;
  for (let word = 0; word < GROUPS.length / 2; word++) {
    const upper = readGroup(id, GROUPS[2 * word] ?? 0, hex, 4);
    const lower = readGroup(id, GROUPS[2 * word + 1] ?? 0, hex, 4);
    all |= upper | lower;
    key[word] = (upper << 16) | lower;
  }
  return all >= 0;
}

function readSuffix(id: string, key: Uint32Array): boolean {
  const [first, second, third] = SUFFIX_GROUPS;
  const one = readGroup(id, first, base64url, 6);
  const two = readGroup(id, second, base64url, 6);
  const three = readGroup(id, third, base64url, 6);
  key[4] = one | HAS_SUFFIX;
  key[5] = two;
  key[6] = three;
  return (one | two | three) >= 0;
}

/** The number that four signs make. @returns a negative one where a sign has no value */
function readGroup(id: string, at: number, values: Int8Array, bits: number): number {
  let number = 0;
  for (let sign = at; sign < at + 4; sign++)
    number = (number << bits) | (values[id.charCodeAt(sign)] ?? NO_SIGN);
  return number;
}

function valuesOf(signs: string): Int8Array {
  const values = new Int8Array(128).fill(NO_SIGN);
  for (let value = 0; value < signs.length; value++) values[signs.charCodeAt(value)] = value;
  return values;
}
