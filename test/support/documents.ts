import { readFileSync } from 'node:fs';

export function readDocument(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The cells, without their backquotes, of every row of the tables under a heading, or in the whole text. */
export function tableRows(text: string, heading = ''): string[][] {
  const [, after = ''] = heading === '' ? ['', text] : text.split(`\n${heading}\n`);
  const section = after.split(/\n## /)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `') || /^\| \d{3} +\|/.test(line))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''))
        .slice(1, -1),
    );
}
