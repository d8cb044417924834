import { isSameOrigin, mayRepeatLate, repeatsWith } from './refresh-origin.js';
import type { RefreshToken } from './refresh-token.entity.js';

const phone = { ip: '203.0.113.9', userAgent: 'phone' };
const token = (parentRepeats: string | null, { ip, userAgent } = phone) =>
  ({ usedIp: ip, usedUserAgent: userAgent, parentRepeats }) as RefreshToken;
const ofPhone = JSON.stringify(phone);

describe('the origin of a refresh', () => {
  it.each([
    ['203.0.113.9', '203.0.113.200', true],
    ['203.0.113.9', '203.0.114.9', false],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8:0:1::1', '2001:0db8:0000:0001::1', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['203.0.113.9', '2001:db8::1', false],
    ['no address', 'no address', true],
    ['no address', '203.0.113.9', false],
  ])('in %s is the same as in %s, with one user agent: %s', (one, other, same) => {
    expect(isSameOrigin({ ip: one, userAgent: 'a' }, { ip: other, userAgent: 'a' })).toBe(same);
    expect(isSameOrigin({ ip: one, userAgent: 'a' }, { ip: other, userAgent: 'b' })).toBe(false);
    expect(isSameOrigin({ ip: one, userAgent: 'a' }, { ip: other, userAgent: null })).toBe(false);
  });

  it('decides nothing where the generation before had no late repeat', () => {
    expect(mayRepeatLate(token(null), { ip: '198.51.100.1', userAgent: 'other' })).toBe(true);
  });

  it.each([
    ['all presentations are of one client', ofPhone, phone, phone, true],
    ['the late one is of another', ofPhone, phone, { ...phone, userAgent: 'other' }, false],
    ['the first one is of another', ofPhone, { ...phone, userAgent: 'other' }, phone, false],
    [
      'both are of another than in the generation before',
      ofPhone,
      { ...phone, ip: '198.51.100.1' },
      { ...phone, ip: '198.51.100.1' },
      false,
    ],
    ['there were two in the generation before', 'mixed', phone, phone, false],
  ])('where %s, a late repeat after another: allowed is %s', (_, parent, first, late, allowed) => {
    expect(mayRepeatLate(token(parent, first), late)).toBe(allowed);
  });

  it('stays mixed once there were two', () => {
    const other = { ...phone, userAgent: 'other' };
    expect(repeatsWith(token(null), phone, { parentRepeats: null })).toBe(ofPhone);
    expect(repeatsWith(token(null), other, { parentRepeats: ofPhone })).toBe('mixed');
    expect(repeatsWith(token(null), phone, { parentRepeats: 'mixed' })).toBe('mixed');
  });
});
