import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyFile, readKeyFile, replaceKeyFile, type StoredKey } from './key-file.js';

describe('the key file', () => {
  let folder: string;
  let file: string;
  const key = (kty: string): StoredKey => ({
    alg: 'ES256',
    stage: 'current',
    created_at: '2026-03-01',
    jwk: { kty },
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    file = join(folder, 'deeper', 'keys.json');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is made for its owner alone, with nothing left beside it', () => {
    expect(readKeyFile(file)).toBeUndefined();
    expect(createKeyFile(file, [key('EC')])).toBe(true);
    expect(readKeyFile(file)).toEqual([key('EC')]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deeper')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'deeper'))).toEqual(['keys.json']);
  });

  it('is not made twice: of two processes that start together the second takes the keys of the first', () => {
    createKeyFile(file, [key('EC')]);
    expect(createKeyFile(file, [key('RSA')])).toBe(false);
    expect(readKeyFile(file)).toEqual([key('EC')]);
    expect(readdirSync(join(folder, 'deeper'))).toEqual(['keys.json']);
  });

  it('is replaced whole, and stays for its owner alone', () => {
    createKeyFile(file, [key('EC')]);
    replaceKeyFile(file, [key('RSA'), key('EC')]);
    expect(readKeyFile(file)).toEqual([key('RSA'), key('EC')]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is not overwritten when it cannot be read: the operator is told', () => {
    createKeyFile(file, [key('EC')]);
    writeFileSync(file, 'broken');
    expect(() => readKeyFile(file)).toThrow('restore the file from a backup');
  });
});
