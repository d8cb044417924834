import fc from 'fast-check';
import { foreignHashes } from '../../../test/support/foreign-hashes.js';
import { HashThreads } from '../hash-threads/hash-threads.js';
import { readHash } from './read-hash.js';
import { UnusableHash } from './stored-hash.js';

const threads = new HashThreads();

afterAll(() => threads.onApplicationShutdown());

const someHash = fc.constantFrom(...foreignHashes.map(({ hash }) => hash));

/** A real hash with some of its characters cut out, or others put in. */
const damagedHash = fc
  .tuple(
    someHash,
    fc.nat(300),
    fc.nat(10),
    fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('$', ':', ',', '=', '0', '9')),
  )
  .map(([hash, at, cut, more]) => hash.slice(0, at) + more + hash.slice(at + cut));

describe('reading a stored hash', () => {
  it.each(foreignHashes)('knows the format of $from', ({ hash }) => {
    expect(readHash(hash)).toMatchObject({ matches: expect.any(Function) });
  });

  it.each([
    '',
    'secret',
    'fakehashedsecret',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    'md5$salt$5f4dcc3b5aa765d61d8327deb882cf99',
    '!',
    'sha256$salt$ab',
  ])('refuses %j, which is of no format that it knows', (hash) => {
    expect(() => readHash(hash)).toThrow('is of no format that is known');
  });

  it('takes any text apart or calls it unusable, and fails in no other way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), damagedHash), (hash) => {
        try {
          readHash(hash);
        } catch (error) {
          expect(error).toBeInstanceOf(UnusableHash);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('checks any password against whatever it took apart within the bounds, without failing', async () => {
    const cheap = foreignHashes
      .map(({ hash }) => hash)
      .filter((hash) => /m=64,|\$05\$|:1000\$|\$1000\$/.test(hash));
    const damaged = fc
      .tuple(fc.constantFrom(...cheap), fc.nat(200), fc.constantFrom('A', 'b', '/', '.', '2', ''))
      .map(([hash, at, more]) => hash.slice(0, at) + more + hash.slice(at + 1));
    await fc.assert(
      fc.asyncProperty(damaged, fc.string({ unit: 'binary', maxLength: 100 }), async (hash, password) => {
        const stored = readOrUndefined(hash);
        if (!stored || stored.excess !== undefined) return;
        expect(typeof (await stored.matches(password, threads))).toBe('boolean');
      }),
      { numRuns: 200 },
    );
  });
});

function readOrUndefined(hash: string) {
  try {
    return readHash(hash);
  } catch {
    return undefined;
  }
}
