import { AppError } from '../../errors/app-error.js';
import { feedCursor, feedPosition } from './feed-cursor.js';

const encode = (text: string) => Buffer.from(text).toString('base64url');

describe('a cursor of the feed', () => {
  it.each([1, 4711, 2 ** 31 - 1])('stands for the position %d', (position) => {
    expect(feedPosition(feedCursor(position) ?? undefined)).toBe(position);
  });

  it('is absent at the beginning', () => {
    expect(feedCursor(0)).toBeNull();
    expect(feedPosition(undefined)).toBe(0);
  });

  it.each([
    '',
    '7',
    'no cursor',
    encode('0'),
    encode('-1'),
    encode('07'),
    encode('1.5'),
    encode('1e3'),
    encode(' 7'),
    encode('ada'),
    encode('2147483648'),
    encode('99999999999'),
    `${encode('7')}=`,
  ])('is refused where it was never given out: %j', (cursor) => {
    let refused: unknown;
    try {
      feedPosition(cursor);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({ code: 'validation_failed', facts: { fields: [{ field: 'since' }] } });
  });
});
