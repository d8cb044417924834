import { pbkdf2Hashes } from '../../../test/support/foreign-hashes.js';
import { HashThreads } from '../hash-threads/hash-threads.js';
import { readPbkdf2 } from './pbkdf2-hash.js';
import { UnusableHash } from './stored-hash.js';

const threads = new HashThreads();

afterAll(() => threads.onApplicationShutdown());

describe('PBKDF2', () => {
  it.each(pbkdf2Hashes)('takes the password of $from, and no other', async ({ hash, password }) => {
    const stored = readPbkdf2(hash);
    expect(stored?.excess).toBeUndefined();
    expect(await stored?.matches(password, threads)).toBe(true);
    expect(await stored?.matches(`${password.slice(0, 8)}x`, threads)).toBe(false);
    expect(await stored?.matches('', threads)).toBe(false);
  });

  it.each([
    ['no key', 'pbkdf2_sha256$1000$salt$'],
    ['no salt', 'pbkdf2_sha256$1000$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['no iterations', 'pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['iterations below nothing', 'pbkdf2_sha256$-1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    [
      'iterations that are no number',
      'pbkdf2:sha256:many$salt$abababababababababababababababababababababababababababababababab',
    ],
    [
      'iterations of ten digits',
      'pbkdf2_sha256$9999999999$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    ],
    ['a shortened key', 'pbkdf2:sha256:1000$salt$ab'],
    [
      'a key of half a byte',
      'pbkdf2:sha256:1000$salt$abababababababababababababababababababababababababababababababa',
    ],
    ['an unknown digest', 'pbkdf2:md5:1000$salt$abababababababababababababababab'],
    [
      'a key that is no base64',
      '$pbkdf2-sha256$1000$jhFCCGGsdY5x7v1/LyWEMA$2n.TG2frF5JF3mazRUXHyib8PAkG3S984OrBpy35RBF',
    ],
    ['a salt that is no base64', '$pbkdf2-sha256$1000$j$2n.TG2frF5JF3mazRUXHyib8PAkG3S984OrBpy35RBE'],
  ])('refuses %s', (_, hash) => {
    expect(() => readPbkdf2(hash)).toThrow(UnusableHash);
  });

  it.each([
    [
      'six million iterations',
      'pbkdf2_sha256$6000000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
      'has 6000000 iterations: at most 5000000',
    ],
  ])('finds %s more than a sign-in may take', (_, hash, words) => {
    expect(readPbkdf2(hash)?.excess).toContain(words);
  });

  it('leaves the hashes of others alone', () => {
    expect(readPbkdf2('$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2')).toBeUndefined();
    expect(readPbkdf2('')).toBeUndefined();
  });
});
