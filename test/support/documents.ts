import { readdirSync, readFileSync } from 'node:fs';

export function readDocument(path: string): string {
  return readFileSync(path, 'utf8');
}

export function documentPaths(): string[] {
  const docs = readdirSync('docs').filter((file) => file.endsWith('.md'));
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'ARCHITECTURE.md',
    'examples/README.md',
    ...docs.map((file) => `docs/${file}`),
  ];
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

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** The file that a comment on its first line names, or that line. */
  readonly name: string;
}

/** The code blocks of a document, those within a list too. */
export function blocksOf(document: string): CodeBlock[] {
  const blocks = readDocument(document).matchAll(/^( *)```(\w+)\n([^]*?)^ *```$/gm);
  return [...blocks].map(([, indent = '', language = '', indented = '']) => {
    const text = indented.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const [first = ''] = text.split('\n');
    return { language, text, name: /^(?:\/\/|#|--) (\S*\.\w+)$/.exec(first)?.[1] ?? first };
  });
}

/** The texts of the code blocks of a document in a language. */
export function codeBlocks(document: string, language: string): string[] {
  return blocksOf(document)
    .filter((block) => block.language === language)
    .map(({ text }) => text);
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
  const block = blocksOf(document).find(({ name }) => name === file);
  if (block === undefined) throw new Error(`${document} has no ${file}`);
  return block.text;
}

/** The one code block of a document that begins so, or else has a line that does. */
export function blockThatBegins(document: string, beginning: string): CodeBlock {
  const [block, ...others] = blocksThatBegin(blocksOf(document), beginning);
  if (block === undefined || others.length > 0)
    throw new Error(`${document} has ${block ? 'several blocks' : 'no block'} beginning with ${beginning}`);
  return block;
}

export function blocksThatBegin(blocks: readonly CodeBlock[], beginning: string): CodeBlock[] {
  const begin = blocks.filter(({ text }) => text.startsWith(beginning));
  if (begin.length > 0) return begin;
  return blocks.filter(({ text }) => text.split('\n').some((line) => line.trimStart().startsWith(beginning)));
}

/** The lines of the block of shell commands of a document whose first line begins so. */
export function shellCommands(document: string, beginning: string): string[] {
  return blockThatBegins(document, beginning)
    .text.split('\n')
    .filter((line) => line !== '');
}
