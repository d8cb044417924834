import { aspNetHashes } from '../../../test/support/foreign-hashes.js';
import { HashThreads } from '../hash-threads/hash-threads.js';
import { readAspNetIdentity } from './aspnet-identity-hash.js';
import { UnusableHash } from './stored-hash.js';

const threads = new HashThreads();
const genuine = Buffer.from(aspNetHashes[1]!.hash, 'base64');
const changed = (change: (bytes: Buffer) => void) => {
  const bytes = Buffer.from(genuine);
  change(bytes);
  return bytes.toString('base64');
};

afterAll(() => threads.onApplicationShutdown());

describe('a hash of ASP.NET Identity', () => {
  it.each(aspNetHashes)('takes the password of $from, and no other', async ({ hash, password }) => {
    const stored = readAspNetIdentity(hash);
    expect(stored?.excess).toBeUndefined();
    expect(await stored?.matches(password, threads)).toBe(true);
    expect(await stored?.matches(`${password}x`, threads)).toBe(false);
  });

  it.each([
    ['another version', changed((bytes) => bytes.writeUInt8(2, 0))],
    ['an unknown digest', changed((bytes) => bytes.writeUInt32BE(3, 1))],
    ['no iterations', changed((bytes) => bytes.writeUInt32BE(0, 5))],
    ['a salt of another length', changed((bytes) => bytes.writeUInt32BE(8, 9))],
    ['a part of the key', genuine.subarray(0, -2).toString('base64')],
  ])('is refused with %s', (_, hash) => {
    expect(() => readAspNetIdentity(hash)).toThrow(UnusableHash);
  });

  it('is more than a sign-in may take with too many iterations', () => {
    const hash = changed((bytes) => bytes.writeUInt32BE(6_000_000, 5));
    expect(readAspNetIdentity(hash)?.excess).toContain('has 6000000 iterations: at most 5000000');
  });

  it.each(['', '$2b$05$p.sGoylEG47HKYPVaM0UXOCcZuXQuvYZJqL5V1mMub7biNRYFq9H2', 'A'.repeat(20)])(
    'is not %j',
    (hash) => {
      expect(readAspNetIdentity(hash)).toBeUndefined();
    },
  );
});
