import { SettingRule } from './setting-rules.js';

/** Some 32 random characters have 128 at least, and the words of a sentence as long. */
const LEAST_ENTROPY_BITS = 100;

/** Signing with a shared secret needs one of 32 bytes (RFC 7518 §3.2); any other algorithm has no use for it. */
export function SecretSetting(placeholder: string): PropertyDecorator {
  interface Signing {
    JWT_ALGORITHM: string;
  }
  return SettingRule<Signing>('secret', (secret, { JWT_ALGORITHM }) => {
    if (JWT_ALGORITHM !== 'HS256') {
      return secret === undefined
        ? undefined
        : 'is only used with JWT_ALGORITHM=HS256: remove it or set that';
    }
    if (secret === undefined) return 'is needed with JWT_ALGORITHM=HS256';
    if (Buffer.byteLength(secret) < 32) return 'must be at least 32 bytes';
    if (secret === placeholder) return 'is the public example: make one of your own';
    return entropyOf(secret) < LEAST_ENTROPY_BITS
      ? 'repeats too few characters to be random: make one with openssl rand -base64 32'
      : undefined;
  });
}

/** Bits, by how often each character stands in the text (Shannon): it finds what repeats, not what is known. */
function entropyOf(text: string): number {
  const characters = Array.from(text);
  const counts = new Map<string, number>();
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / characters.length), 0);
}
