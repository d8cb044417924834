import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tableRows } from '../support/documents.js';
import { newFolder } from '../support/new-folder.js';
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
    const folder = newFolder();
    expect(findPostgresFolder('/nowhere', folder)).toBeUndefined();
    for (const version of ['9', '15', '16']) {
      const programs = join(folder, version, 'bin');
      mkdirSync(programs, { recursive: true });
      for (const name of ['initdb', 'postgres']) writeFileSync(join(programs, name), '');
    }
    expect(findPostgresFolder('/nowhere', folder)).toBe(join(folder, '16', 'bin'));
    expect(findPostgresFolder(join(folder, '9', 'bin'), folder)).toBe(join(folder, '9', 'bin'));
    rmSync(folder, { recursive: true });
  });
});

describe('the summary of a CI run', () => {
  let folder: string;
  const report = (file: string, ms: number, passed: number, failed: number, unloaded = 0) => ({
    numPassedTests: passed,
    numFailedTests: failed,
    numRuntimeErrorTestSuites: unloaded,
    testResults: [{ name: resolve('test', file), startTime: 0, endTime: ms }],
  });
  const summarize = (steps: string, reports: Record<string, object>) => {
    mkdirSync(join(folder, 'results'));
    writeFileSync(join(folder, 'steps'), steps);
    for (const [name, each] of Object.entries(reports))
      writeFileSync(join(folder, 'results', `${name}.json`), JSON.stringify(each));
    const args = ['test/tiers/summarize.mjs', join(folder, 'steps'), join(folder, 'results'), '144'];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, lines: stdout.trimEnd().split('\n') };
  };

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('has the minutes of each step, the slowest files first, and the counts of all runs in its last line', () => {
    const { status, lines } = summarize('lint\t60\t0\ndefault\t90\t0\n', {
      default: report('quick.ts', 1500, 20, 0),
      browser: report('slow.ts', 30_000, 3, 0),
    });
    expect(status).toBe(0);
    expect(lines).toEqual(
      expect.arrayContaining([
        '   1.0  lint',
        '   1.5  default',
        expect.stringMatching(/^ {3}2\.4 {2}in all/),
      ]),
    );
    const files = lines.filter((line) => line.includes('.ts'));
    expect(files).toEqual(['  30.0  test/slow.ts (browser)', '   1.5  test/quick.ts (default)']);
    expect(lines.at(-1)).toBe('23 passed, 0 failed');
  });

  it.each([
    ['a test failed', 'default\t90\t1\n', report('a.ts', 1, 20, 2), '20 passed, 2 failed'],
    ['a file did not load', 'default\t90\t1\n', report('a.ts', 1, 20, 0, 1), '20 passed, 1 failed'],
    ['a step without tests failed', 'lint\t90\t1\n', report('a.ts', 1, 20, 0), '20 passed, 1 failed'],
    ['nothing was tested', 'lint\t90\t0\n', report('a.ts', 1, 0, 0), '0 passed, 0 failed'],
  ])('exits with 1 where %s', (_, steps, each, last) => {
    const { status, lines } = summarize(steps, { default: each });
    expect({ status, last: lines.at(-1) }).toEqual({ status: 1, last });
  });
});
