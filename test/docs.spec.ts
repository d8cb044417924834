import { readFileSync } from 'node:fs';
import { Environment, settingNames } from '../src/config/environment.js';
import { errorCatalogue } from '../src/errors/error-catalogue.js';

const read = (path: string) => readFileSync(path, 'utf8');

/** The cells of every row of the tables under a heading, or in the whole file. */
function tableRows(text: string, heading = ''): string[][] {
  const [, after = ''] = heading === '' ? ['', text] : text.split(`\n${heading}\n`);
  const section = after.split(/\n## /)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `') || /^\| \d{3} +\|/.test(line))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
}

const unquoted = (cell: string | undefined) => (cell ?? '').replaceAll('`', '');

describe('the documents', () => {
  const defaults = new Environment() as unknown as Record<string, string | undefined>;

  it('.env.example lists every setting, in order, with its default', () => {
    const listed = [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(listed.map(([name]) => name)).toEqual(settingNames);
    for (const [name, value] of listed) {
      const due = defaults[name!];
      if (due !== undefined) expect([name, value]).toEqual([name, due]);
    }
  });

  it('the README lists every setting, in order, with its default', () => {
    const rows = tableRows(read('README.md'), '## Settings').map(([name, value]) => [
      unquoted(name),
      unquoted(value),
    ]);
    expect(rows).toEqual(settingNames.map((name) => [name, defaults[name] ?? 'none']));
  });

  it('docs/errors.md lists every code with its status', () => {
    const rows = tableRows(read('docs/errors.md')).map(([status, code]) => [unquoted(code), Number(status)]);
    const codes = Object.entries(errorCatalogue).map(([code, { status }]) => [code, status]);
    expect(rows.sort()).toEqual(codes.sort());
  });
});
