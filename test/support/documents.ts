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

/** The code blocks of a document, in the language that is told, or in any. */
export function codeBlocks(document: string, language = '\\w+'): string[] {
  const blocks = readDocument(document).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, text = '']) => text);
}

/** The anchors of the headings in a text, as GitHub makes them. */
export function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The text of the code block of a document that begins with a comment of this file's name. */
export function codeBlock(document: string, file: string): string {
  const block = codeBlocks(document).find(
    (text) => text.startsWith(`// ${file}\n`) || text.startsWith(`# ${file}\n`),
  );
  if (block === undefined) throw new Error(`${document} has no ${file}`);
  return block;
}

/** The lines of the block of shell commands of a document whose first line begins so. */
export function shellCommands(document: string, beginning: string): string[] {
  const block = codeBlocks(document, 'sh').find((text) => text.startsWith(beginning));
  if (block === undefined) throw new Error(`${document} has no commands that begin with ${beginning}`);
  return block.split('\n').filter((line) => line !== '');
}
