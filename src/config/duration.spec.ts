import { parseDuration } from './duration.js';

describe('parseDuration', () => {
  it.each([
    ['15m', 900],
    ['30d', 2_592_000],
    ['1h', 3600],
    ['10s', 10],
    ['900', 900],
    ['0', 0],
    [' 5m ', 300],
  ])('reads %j as %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'm', '-1', '1.5h', '15 minutes', '1y', '1e3', '9999999999'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
