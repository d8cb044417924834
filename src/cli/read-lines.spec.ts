import { Readable } from 'node:stream';
import type { Line } from '../users/transfer/record-reader.js';
import { readLines } from './read-lines.js';

async function linesOf(...chunks: (string | Buffer)[]): Promise<Line[]> {
  const lines: Line[] = [];
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  for await (const line of readLines(stream)) lines.push(line);
  return lines;
}

describe('reading lines', () => {
  it('finds them wherever the chunks are cut, in the middle of a character too', async () => {
    const bytes = Buffer.from('{"a":"é"}\n\n  \r\n{"b":1}\r\nend');
    const whole = await linesOf(bytes);
    expect(whole).toEqual([
      { number: 1, text: '{"a":"é"}' },
      { number: 4, text: '{"b":1}\r' },
      { number: 5, text: 'end' },
    ]);
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(await linesOf(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
  });

  it('takes a byte order mark for nothing', async () => {
    expect(await linesOf('\uFEFF{}\n')).toEqual([{ number: 1, text: '{}' }]);
  });

  it('tells of a line that is too long or no UTF-8, and goes on after it', async () => {
    const long = Array.from({ length: 5 }, () => 'x'.repeat(5000));
    expect(await linesOf(...long, '\n', Buffer.from([0xc3, 0x28, 0x0a]), 'end\n')).toEqual([
      { number: 1, fault: 'is longer than 16 KiB' },
      { number: 2, fault: 'is no UTF-8' },
      { number: 3, text: 'end' },
    ]);
  });

  it('finds none in nothing', async () => {
    expect(await linesOf()).toEqual([]);
    expect(await linesOf('\n\n')).toEqual([]);
  });
});
