import { open, type FileHandle } from 'node:fs/promises';
import { BreachedPasswords } from './breached-passwords.js';
import { breachDigest } from './password-digest.js';

const DIGEST_LENGTH = 40;
const LONGEST_LINE_BYTES = 128;

/**
 * A local copy of a list: lines of `DIGEST` or `DIGEST:COUNT`, ordered by the digest. Searched by halves, a read for each,
 * so that a list of a billion lines needs thirty and no memory.
 */
export class BreachFile extends BreachedPasswords {
  constructor(private readonly path: string) {
    super();
  }

  async has(password: string): Promise<boolean> {
    const file = await open(this.path);
    try {
      return await search(file, breachDigest(password));
    } finally {
      await file.close();
    }
  }
}

/** @throws Error where a line is not as it should be: a list in another order would find nothing, and seem to work. */
async function search(file: FileHandle, digest: string): Promise<boolean> {
  let low = 0;
  let high = (await file.stat()).size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = await readLineFrom(file, middle);
    if (line === undefined || line.start >= high) {
      high = middle;
      continue;
    }
    if (line.digest === digest) return true;
    if (line.digest < digest) low = line.end;
    else high = middle;
  }
  return false;
}

interface Line {
  readonly digest: string;
  readonly start: number;
  readonly end: number;
}

/** The first line that begins at this place or after it. @returns undefined where none does */
async function readLineFrom(file: FileHandle, place: number): Promise<Line | undefined> {
  // From one byte before: a line that begins right here has a line feed there.
  const from = Math.max(0, place - 1);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2 * LONGEST_LINE_BYTES), 0, undefined, from);
  const text = buffer.toString('latin1', 0, bytesRead);
  const start = place === 0 ? 0 : text.indexOf('\n') + 1;
  if (place > 0 && start === 0) return undefined;
  const lineFeed = text.indexOf('\n', start);
  const end = lineFeed === -1 ? text.length : lineFeed + 1;
  if (end === start) return undefined;
  const digest = text.slice(start, start + DIGEST_LENGTH).toUpperCase();
  if (!/^[\dA-F]{40}$/.test(digest)) throw new Error('the breach list has a line that is no SHA-1 digest');
  return { digest, start: from + start, end: from + end };
}
