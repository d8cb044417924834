import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BreachFile } from './breach-file.js';
import { breachDigest } from './password-digest.js';

describe('BreachFile', () => {
  let folder: string;
  const listOf = (lines: string[], end = '\n') => {
    const path = join(folder, 'breached.txt');
    writeFileSync(path, lines.join('\n') + end);
    return new BreachFile(path);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([0, 1, 2, 3, 10, 1000])('finds each of %i passwords, and no other', async (size) => {
    const passwords = Array.from({ length: size }, (_, n) => `password-${String(n)}`);
    const lines = passwords.map((password, n) => `${breachDigest(password)}:${'9'.repeat(1 + (n % 8))}`);
    const list = listOf(lines.sort(), size === 0 ? '' : '\n');
    for (const password of passwords) expect(await list.has(password)).toBe(true);
    for (let n = 0; n < 100; n++) expect(await list.has(`other-${String(n)}`)).toBe(false);
  });

  it('takes digests without counts, in small letters, with carriage returns, without a last line feed', async () => {
    const lines = ['one', 'two', 'three'].map((password) => breachDigest(password).toLowerCase()).sort();
    for (const list of [listOf(lines), listOf(lines, ''), listOf(lines.map((line) => `${line}\r`))])
      expect([await list.has('two'), await list.has('four')]).toEqual([true, false]);
  });

  it('knows a password in whichever form of Unicode it is typed', async () => {
    const list = listOf([breachDigest('pa\u00dfw\u00f6rter')]);
    expect(await list.has('pa\u00dfwo\u0308rter')).toBe(true);
  });

  it('says that it cannot be read, where it is missing or no list of digests', async () => {
    await expect(new BreachFile(join(folder, 'missing.txt')).has('one')).rejects.toThrow('ENOENT');
    await expect(listOf(['password', '123456']).has('one')).rejects.toThrow('no SHA-1 digest');
  });
});
