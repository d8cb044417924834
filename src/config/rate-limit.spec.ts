import { parseRateLimits } from './rate-limit.js';

describe('parseRateLimits', () => {
  it.each([
    ['5 per minute', [{ limit: 5, seconds: 60 }]],
    [
      '200 per day;50 per hour',
      [
        { limit: 200, seconds: 86_400 },
        { limit: 50, seconds: 3600 },
      ],
    ],
    [
      '200 per day; 50 per hour',
      [
        { limit: 200, seconds: 86_400 },
        { limit: 50, seconds: 3600 },
      ],
    ],
    ['10/second', [{ limit: 10, seconds: 1 }]],
    ['100 per 15 minutes', [{ limit: 100, seconds: 900 }]],
  ])('reads %j', (text, limits) => {
    expect(parseRateLimits(text)).toEqual(limits);
  });

  it.each(['', '5', 'five per minute', '0 per minute', '5 per 0 minutes', '5 per week', '5 per minute;'])(
    'refuses %j',
    (text) => {
      expect(parseRateLimits(text)).toBeUndefined();
    },
  );
});
