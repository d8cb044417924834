import { bcryptHashes } from '../../../test/support/foreign-hashes.js';
import { HashThreads } from '../hash-threads/hash-threads.js';
import { readBcrypt } from './bcrypt-hash.js';
import { UnusableHash } from './stored-hash.js';

const threads = new HashThreads();

afterAll(() => threads.onApplicationShutdown());

describe('bcrypt', () => {
  it.each(bcryptHashes)('takes the password of $from, and no other', async ({ hash, password }) => {
    const stored = readBcrypt(hash);
    expect(stored?.excess).toBeUndefined();
    expect(await stored?.matches(password, threads)).toBe(true);
    expect(await stored?.matches(`${password.slice(0, 8)}x`, threads)).toBe(false);
    expect(await stored?.matches('', threads)).toBe(false);
  });

  it.each([
    ['a cut-off hash', '$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H'],
    ['more after the hash', '$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H22'],
    ['a digest whose last bits are no bits', '$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H3'],
    ['a salt whose last bits are no bits', '$2b$05$p.sGoylEG47HKYPVaM0UXPCcZuXQuvYZJqL5V1mMub7biNRYFq9H2'],
    ['the broken kind 2x', '$2x$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2'],
    ['a cost that is no number', '$2b$xx$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2'],
    ['a cost below 4', '$2b$03$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2'],
    ['a cost above 31', '$2b$32$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2'],
    ['a Django name with nothing behind it', 'bcrypt_sha256$'],
  ])('refuses %s', (_, hash) => {
    expect(() => readBcrypt(hash)).toThrow(UnusableHash);
  });

  it.each([
    [
      'a cost of 16',
      '$2b$16$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2',
      'the bcrypt cost 16: at most 15',
    ],
    [
      'a cost of 31',
      'bcrypt$$2b$31$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2',
      'the bcrypt cost 31',
    ],
  ])('finds %s more than a sign-in may take', (_, hash, words) => {
    expect(readBcrypt(hash)?.excess).toContain(words);
  });

  it('leaves the hashes of others alone', () => {
    expect(readBcrypt('scrypt:32768:8:1$a$b')).toBeUndefined();
    expect(readBcrypt('')).toBeUndefined();
  });
});
