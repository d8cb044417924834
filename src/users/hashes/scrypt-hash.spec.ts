import { scryptHashes } from '../../../test/support/foreign-hashes.js';
import { HashThreads } from '../hash-threads/hash-threads.js';
import { readScrypt } from './scrypt-hash.js';
import { UnusableHash } from './stored-hash.js';

const threads = new HashThreads();

afterAll(() => threads.onApplicationShutdown());

describe('scrypt', () => {
  it.each(scryptHashes)('takes the password of $from, and no other', async ({ hash, password }) => {
    const stored = readScrypt(hash);
    expect(stored?.excess).toBeUndefined();
    expect(await stored?.matches(password, threads)).toBe(true);
    expect(await stored?.matches(`${password.slice(0, 8)}x`, threads)).toBe(false);
    expect(await stored?.matches('', threads)).toBe(false);
  });

  it.each([
    ['no key', 'scrypt:32768:8:1$salt$'],
    ['a shortened key', 'scrypt:32768:8:1$salt$abab'],
    ['a shortened key of Django', 'scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TA=='],
    [
      'no salt',
      'scrypt:32768:8:1$$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
    ],
    [
      'an N that is no power of two',
      'scrypt:32767:8:1$salt$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
    ],
    [
      'an N of one',
      'scrypt:1:8:1$salt$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
    ],
    [
      'no r',
      'scrypt:32768:0:1$salt$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
    ],
    [
      'an N of ten digits',
      'scrypt:1073741824:8:1$salt$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
    ],
    [
      'parameters that are words',
      'scrypt:a:b:c$salt$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
    ],
  ])('refuses %s', (_, hash) => {
    expect(() => readScrypt(hash)).toThrow(UnusableHash);
  });

  it.each([
    [
      '512 MiB of memory',
      'scrypt:524288:8:1$salt$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
      'takes scrypt with N=524288, r=8, p=1',
    ],
    [
      'a p of 64',
      'scrypt:32768:8:64$salt$abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab',
      'p=64',
    ],
  ])('finds %s more than a sign-in may take', (_, hash, words) => {
    expect(readScrypt(hash)?.excess).toContain(words);
  });

  it('leaves the hashes of others alone', () => {
    expect(readScrypt('$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2')).toBeUndefined();
    expect(readScrypt('')).toBeUndefined();
  });
});
