import { argon2Hashes } from '../../../test/support/foreign-hashes.js';
import { HashThreads } from '../hash-threads/hash-threads.js';
import { readArgon2 } from './argon2-hash.js';
import { UnusableHash } from './stored-hash.js';

const threads = new HashThreads();

afterAll(() => threads.onApplicationShutdown());

describe('argon2', () => {
  it.each(argon2Hashes)('takes the password of $from, and no other', async ({ hash, password }) => {
    const stored = readArgon2(hash);
    expect(stored?.excess).toBeUndefined();
    expect(await stored?.matches(password, threads)).toBe(true);
    expect(await stored?.matches(`${password.slice(0, 8)}x`, threads)).toBe(false);
    expect(await stored?.matches('', threads)).toBe(false);
  });

  it.each([
    ['a cut-off hash', '$argon2id$v=19$m=64,t=2,p=1$eQ8BYOwdw1jLec85R+g9hw'],
    ['an unknown version', '$argon2id$v=20$m=64,t=2,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA'],
    ['another kind', '$argon2x$v=19$m=64,t=2,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA'],
    [
      'too little memory for its lanes',
      '$argon2id$v=19$m=8,t=2,p=8$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA',
    ],
    ['no passes', '$argon2id$v=19$m=64,t=0,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA'],
    ['no lanes', '$argon2id$v=19$m=64,t=2,p=0$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA'],
    ['a short salt', '$argon2id$v=19$m=64,t=2,p=1$c2FsdA$0ocj7PBuxgr7s6CW+lrraA'],
    ['a short digest', '$argon2id$v=19$m=64,t=2,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBu'],
    ['a salt that is no base64', '$argon2id$v=19$m=64,t=2,p=1$xrh3DgEA4Nzb+9/7/783Zh$0ocj7PBuxgr7s6CW+lrraA'],
    [
      'memory that is no number',
      'argon2$argon2id$v=19$m=x,t=2,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA',
    ],
  ])('refuses %s', (_, hash) => {
    expect(() => readArgon2(hash)).toThrow(UnusableHash);
  });

  it.each([
    [
      '512 MiB of memory',
      '$argon2id$v=19$m=524288,t=1,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA',
      'takes 524288 KiB and 1 passes of argon2: at most 256 MiB',
    ],
    [
      'a thousand passes',
      '$argon2id$v=19$m=65536,t=1000,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA',
      '1000 passes',
    ],
  ])('finds %s more than a sign-in may take', (_, hash, words) => {
    expect(readArgon2(hash)?.excess).toContain(words);
  });

  it('leaves the hashes of others alone', () => {
    expect(readArgon2('$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2')).toBeUndefined();
    expect(readArgon2('')).toBeUndefined();
  });
});
