import { firebaseHashes } from '../../../test/support/foreign-hashes.js';
import { HashThreads } from '../hash-threads/hash-threads.js';
import { readFirebaseScrypt } from './firebase-scrypt-hash.js';
import { UnusableHash } from './stored-hash.js';

const threads = new HashThreads();

afterAll(() => threads.onApplicationShutdown());

describe('the scrypt of Firebase', () => {
  it.each(firebaseHashes)('takes the password of $from, and no other', async ({ hash, password }) => {
    const stored = readFirebaseScrypt(hash);
    expect(stored?.excess).toBeUndefined();
    expect(await stored?.matches(password, threads)).toBe(true);
    expect(await stored?.matches(`${password.slice(0, 8)}x`, threads)).toBe(false);
    expect(await stored?.matches('', threads)).toBe(false);
  });

  it.each([
    [
      'no signer key',
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    ],
    [
      'a short signer key',
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    ],
    [
      'a hash of another length than the signer key',
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15c',
    ],
    [
      'a memory cost of zero',
      '$fbscrypt$v=1,n=0,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    ],
    [
      'no rounds',
      '$fbscrypt$v=1,n=14,r=0,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    ],
    [
      'a memory cost of three digits',
      '$fbscrypt$v=1,n=100,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    ],
    [
      'base64 that is none',
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lR==',
    ],
  ])('refuses %s', (_, hash) => {
    expect(() => readFirebaseScrypt(hash)).toThrow(UnusableHash);
  });

  it.each([
    [
      '512 MiB of memory',
      '$fbscrypt$v=1,n=19,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
      'takes scrypt with N=524288',
    ],
  ])('finds %s more than a sign-in may take', (_, hash, words) => {
    expect(readFirebaseScrypt(hash)?.excess).toContain(words);
  });

  it('leaves the hashes of others alone', () => {
    expect(
      readFirebaseScrypt('$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2'),
    ).toBeUndefined();
    expect(readFirebaseScrypt('')).toBeUndefined();
  });
});
