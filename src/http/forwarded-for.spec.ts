import { normalizeForwardedFor } from './forwarded-for.js';

const normalized = (value: string) => {
  const headers: Record<string, string> = { 'x-forwarded-for': value };
  normalizeForwardedFor({ headers });
  return headers['x-forwarded-for'];
};

describe('X-Forwarded-For', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['"203.0.113.9:51234"', '203.0.113.9'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:443"', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:51234,  10.0.0.7:80', '203.0.113.9, 10.0.0.7'],
  ])('of %s is %s', (value, bare) => {
    expect(normalized(value)).toBe(bare);
  });

  it.each(['', 'unknown', 'x'.repeat(60), '203.0.113.999', '203.0.113.9:', '[203.0.113.9', '_hidden', '\0'])(
    'of %j names nobody',
    (value) => {
      expect(normalized(value)).toBeUndefined();
      expect(normalized(`203.0.113.9, ${value}`)).toBeUndefined();
    },
  );

  it('names whom the last proxies have named, where what stands before them is no address', () => {
    expect(normalized('203.0.113.9, unknown, 198.51.100.1:80, 10.0.0.7')).toBe('198.51.100.1, 10.0.0.7');
  });

  it('is left alone where there is none', () => {
    const headers = {};
    normalizeForwardedFor({ headers });
    expect(headers).toEqual({});
  });
});
