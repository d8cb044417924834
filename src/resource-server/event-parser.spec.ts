import { EventParser } from './event-parser.js';

const parse = (...pieces: string[]) => {
  const parser = new EventParser(100);
  return pieces.flatMap((piece) => parser.push(piece));
};

describe('the parser of server-sent events', () => {
  it('gives the data of each event, and passes over all else', () => {
    expect(
      parse('retry: 1000\n: hello\n\nid: 7\nevent: x\ndata: one\n\n: nothing new\ndata:two\n\n'),
    ).toEqual(['one', 'two']);
  });

  it('puts lines of data together', () => {
    expect(parse('data: one\ndata\ndata: two\n\n')).toEqual(['one\n\ntwo']);
  });

  it('gives nothing of an event that is not complete', () => {
    expect(parse('data: one\n\ndata: cut')).toEqual(['one']);
  });

  it.each(['\n', '\r\n', '\r'])('takes lines that end in %j, wherever the pieces are cut', (end) => {
    const text = ['id: 1', 'data: one', '', 'data: two', '', ': end', ''].join(end);
    for (let cut = 0; cut <= text.length; cut++)
      expect(parse(text.slice(0, cut), text.slice(cut))).toEqual(['one', 'two']);
    expect(parse(...text.split(''))).toEqual(['one', 'two']);
  });

  it('does not hold more than it may, in one line or in many', () => {
    expect(() => parse(`data: ${'x'.repeat(101)}`)).toThrow(RangeError);
    expect(() => parse('data: 0123456789\n'.repeat(11))).toThrow(RangeError);
    expect(parse('data: 0123456789\n\n'.repeat(11))).toHaveLength(11);
  });
});
