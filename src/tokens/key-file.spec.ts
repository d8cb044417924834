import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyChangeError } from './key-change-error.js';
import { readKeyFile, writeKeyFile } from './key-file.js';
import type { StoredKey } from './key-ring.js';

const EXAMPLE_MODULUS =
  '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM' +
  'stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5' +
  'hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';

describe('the key file', () => {
  let folder: string;
  let file: string;
  const key = (x: string): StoredKey => ({
    kid: x,
    alg: 'ES256',
    stage: 'current',
    created_at: '2026-03-01',
    needed_until: null,
    jwk: { kty: 'EC', crv: 'P-256', x, y: 'y' },
  });
  const read = async () => (await readKeyFile(file)).map(({ jwk }) => jwk.x);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    file = join(folder, 'deeper', 'keys.json');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is made for its owner alone, with nothing left beside it', async () => {
    expect(await readKeyFile(file)).toEqual([]);
    writeKeyFile(file, [key('one')]);
    expect(await read()).toEqual(['one']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deeper')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'deeper'))).toEqual(['keys.json']);
  });

  it('is replaced whole, and stays for its owner alone', async () => {
    writeKeyFile(file, [key('one')]);
    writeKeyFile(file, [key('two'), key('one')]);
    expect(await read()).toEqual(['two', 'one']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('knows a key by its thumbprint, as in the example of RFC 7638, whatever the file calls it', async () => {
    const jwk = { kty: 'RSA', e: 'AQAB', n: EXAMPLE_MODULUS };
    writeKeyFile(file, [{ ...key('one'), jwk }]);
    const [stored] = await readKeyFile(file);
    expect(stored?.kid).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('is not overwritten when it cannot be read: the operator is told', async () => {
    writeKeyFile(file, [key('one')]);
    writeFileSync(file, 'broken');
    await expect(readKeyFile(file)).rejects.toThrow('restore the file from a backup');
  });

  it('is said to be read-only, in words, where it cannot be written', () => {
    writeFileSync(join(folder, 'deeper'), 'a file where a folder is due');
    expect(() => {
      writeKeyFile(file, [key('one')]);
    }).toThrow(KeyChangeError);
  });
});
