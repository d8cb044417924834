import type { Line } from '../users/transfer/record-reader.js';

const LONGEST_LINE_BYTES = 16 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a stream, blank ones left out, numbered from 1. A line that is too long for a user is told of and passed
 * over, so that a file without line ends is never held in memory.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      yield* take();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  yield* take();

  function keep(piece: Buffer): void {
    length += piece.length;
    if (length <= LONGEST_LINE_BYTES) pieces.push(piece);
    else pieces = [];
  }

  function* take(): Generator<Line> {
    const line = decode(number, pieces, length);
    if (line.text?.trim() !== '') yield line;
    number += 1;
    pieces = [];
    length = 0;
  }
}

function decode(number: number, pieces: Buffer[], length: number): Line {
  if (length > LONGEST_LINE_BYTES) return { number, fault: 'is longer than 16 KiB' };
  try {
    return { number, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)) };
  } catch {
    return { number, fault: 'is no UTF-8' };
  }
}
