import { SchematicsException } from '@angular-devkit/schematics';

/** Adds rows at the end of the first table of a document. */
export function withTableRows(text: string, rows: readonly (readonly string[])[]): string {
  const lines = text.split('\n');
  const start = lines.findIndex(isRow);
  if (start < 0) throw new SchematicsException('there is no table to add to');
  const length = lines.slice(start).findIndex((line) => !isRow(line));
  const end = length < 0 ? lines.length : start + length;
  return lines.toSpliced(end, 0, ...rows.map((cells) => `| ${cells.join(' | ')} |`)).join('\n');
}

function isRow(line: string): boolean {
  return line.startsWith('|');
}
