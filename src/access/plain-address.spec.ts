import { plainAddress } from './plain-address.js';

describe('the address of a client', () => {
  it('is one of IPv4 where it is shown as one of IPv6', () => {
    expect(plainAddress('::ffff:203.0.113.7')).toBe('203.0.113.7');
  });

  it('is empty where the client is gone, of whom a socket tells none', () => {
    expect(plainAddress(undefined)).toBe('');
  });

  it.each(['203.0.113.7', '::1', '2001:db8::ffff:1', '::ffff:1', '::ffff:203.0.113', ''])(
    'is left as it is: %s',
    (address) => {
      expect(plainAddress(address)).toBe(address);
    },
  );
});
