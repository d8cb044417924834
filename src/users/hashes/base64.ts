import { UnusableHash } from './stored-hash.js';

/**
 * Decodes base64 in any of its alphabets (RFC 4648 §4 and §5, passlib's with a dot for the plus), padded or not.
 * @throws UnusableHash for anything but the one spelling of some bytes.
 */
export function decodeBase64(text: string): Buffer {
  const standard = text
    .replace(/={1,2}$/, '')
    .replace(/[-.]/g, '+')
    .replaceAll('_', '/');
  const bytes = Buffer.from(standard, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== standard) throw new UnusableHash('is not base64');
  return bytes;
}
