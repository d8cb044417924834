import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableRows } from '../support/documents.js';
import { findPostgresFolder, missingMessage, programs, requireProgram } from './programs.mjs';
import { tiers } from './tiers.mjs';

const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split('\n');

/** Runs a tier where no program is installed, as far as a test can arrange that. */
function runTier(name: string) {
  const env = { PATH: '', CHROMIUM: '/nowhere/chromium' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test/tiers/run.mjs', name], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('a tier of tests', () => {
  it.each(Object.keys(tiers))('has a folder of its name, and a command: %s', (name) => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(existsSync(`test/${name}`)).toBe(true);
    expect(scripts[`test:${name}`]).toBe(`node test/tiers/run.mjs ${name}`);
  });

  it.each([
    ['services', 'Redis', 'redis-server'],
    ['browser', 'Chromium', 'chromium'],
    ['cluster', 'Redis', 'redis-server'],
    ['all', 'Chromium', 'chromium'],
  ])(
    'says in one line what is missing and how to install it, and does nothing: %s',
    (name, program, packaged) => {
      const { status, stdout, stderr } = runTier(name);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(
        new RegExp(`^test:${name} cannot run: .*${program}.*: sudo apt-get install .*\\b${packaged}\\b`),
      );
    },
  );

  it('is in CONTRIBUTING.md with what it needs, in the order in which all of them run', () => {
    const rows = tableRows(readFileSync('CONTRIBUTING.md', 'utf8'), '## Test').map(([command, , needs]) => [
      command,
      needs,
    ]);
    const expected = Object.entries(tiers).map(([name, { needs }]) => [
      `npm run test:${name}`,
      needs.length > 0 ? needs.join(', ') : '-',
    ]);
    expect(rows.slice(1, -1)).toEqual(expected);
  });

  it('is refused by a name that no tier has, with the names that there are', () => {
    expect(runTier('everything')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`choose ${Object.keys(tiers).join(', ')} or all`) as string,
    });
  });
});

describe('the programs that tests start', () => {
  it('are in the lists of Debian packages, and nothing else is', () => {
    const listed = ['examples/python/debian-packages.txt', 'test/debian-packages.txt'].flatMap(linesOf);
    const needed = Object.values(programs).flatMap(({ packages }) => packages);
    expect([...listed].sort()).toEqual([...new Set(needed)].sort());
  });

  it('are named in an error with the command that installs them, where a test misses one', () => {
    const { Chromium } = programs;
    const find = jest.spyOn(Chromium!, 'find').mockReturnValue(undefined);
    expect(() => requireProgram('Chromium')).toThrow(missingMessage(['Chromium']));
    find.mockRestore();
  });

  it('include the newest PostgreSQL that Debian installed, unless PATH has another', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    expect(findPostgresFolder('/nowhere', folder)).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});
