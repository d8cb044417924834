import { readTokenHeader } from './token-header.js';

const encode = (text: string) => Buffer.from(text).toString('base64url');
const header = { alg: 'ES256', kid: 'a', typ: 'at+jwt' };
const head = encode(JSON.stringify(header));

describe('readTokenHeader', () => {
  it('reads what a token says of its signature, and leaves the rest', () => {
    const more = encode(JSON.stringify({ ...header, cty: 'JWT' }));
    expect(readTokenHeader(`${more}.e30.AA`)).toEqual(header);
  });

  it.each(['jku', 'jwk', 'x5u', 'x5c', 'crit'])('refuses %s, whatever it says', (member) => {
    const refused = encode(JSON.stringify({ ...header, [member]: null }));
    expect(readTokenHeader(`${refused}.e30.AA`)).toBeUndefined();
  });

  it.each(['', '.', '..', '...', head, `${head}.e30`, `${head}.e30.`, `${head}..AA`, '.e30.AA'])(
    'refuses %j, which lacks a part',
    (token) => {
      expect(readTokenHeader(token)).toBeUndefined();
    },
  );

  it.each([
    ['four parts', 'e30.AA.AA'],
    ['padding', 'e30=.AA'],
    ['a letter of plain base64', 'e30.+A'],
    ['a space', 'e30.AA '],
    ['a line break at the end', 'e30.AA\n'],
    ['a letter beyond ASCII', 'e30.AAé'],
    ['a letter left over', 'e30.AAAAA'],
    ['bits that no byte needs, after one byte', 'e30.AB'],
    ['bits that no byte needs, after two bytes', 'e31.AA'],
  ])('refuses %s: every token has one spelling', (_, rest) => {
    expect(readTokenHeader(`${head}.e30.AA`)).toBeDefined();
    expect(readTokenHeader(`${head}.${rest}`)).toBeUndefined();
  });

  it.each(['null', '1', '"a"', '', 'alg', '{"alg":'])('refuses a header that is %j', (json) => {
    expect(readTokenHeader(`${encode(json)}.e30.AA`)).toBeUndefined();
  });

  it('reads 4 KiB, and no more', () => {
    const ofLength = (length: number) => {
      const rest = length - head.length - '..'.length;
      const signature = rest % 4 === 3 ? 'AAA' : 'AA';
      return `${head}.${'A'.repeat(rest - signature.length)}.${signature}`;
    };
    expect(readTokenHeader(ofLength(4095))).toEqual(header);
    expect(readTokenHeader(ofLength(4096))).toEqual(header);
    expect(readTokenHeader(ofLength(4097))).toBeUndefined();
    expect(readTokenHeader(ofLength(4098))).toBeUndefined();
  });
});
