import { jsonArray } from './json-array.js';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) yield await Promise.resolve(n);
}

const piecesOf = async (count: number) => {
  const pieces: string[] = [];
  for await (const piece of jsonArray(numbers(count), (n) => ({ n }))) pieces.push(piece);
  return pieces;
};

describe('a JSON array that is written in pieces', () => {
  it.each([0, 1, 2, 10_000])('is what JSON.stringify makes of %d items', async (count) => {
    const expected = Array.from({ length: count }, (_, n) => ({ n }));
    expect((await piecesOf(count)).join('')).toBe(JSON.stringify(expected));
  });

  it('has neither one piece for all items nor one for each', async () => {
    const pieces = await piecesOf(10_000);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.length).toBeLessThan(20);
  });
});
