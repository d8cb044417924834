import { readDocument } from './documents.js';

export interface Citation {
  readonly label: string;
  readonly title: string;
}

/** The tests that a cell names: a label of a file, and then titles in quotation marks, until the next label. */
export function citationsIn(cell: string): Citation[] {
  let label = '';
  return [...cell.matchAll(/\[([^\]]+)\](?!\()|"([^"]+)"/g)].flatMap(([, named, title]) => {
    if (named !== undefined) label = named;
    return title === undefined ? [] : [{ label, title }];
  });
}

/** The files of tests that the labels of a document stand for. */
export function citedFiles(text: string): Map<string, string> {
  const links = text.matchAll(/^\[(\S+)\]: \.\.\/(\S+\.(?:e2e-)?spec\.ts)$/gm);
  return new Map([...links].map(([, label, path]) => [label!, path!]));
}

/** How many tests of a file have the title, or one that begins so, where a `…` stands for the rest. */
export function testsTitled(path: string, title: string): number {
  const titles = titlesIn(path);
  return titles.filter((each) => (title.endsWith('…') ? each.startsWith(title.slice(0, -1)) : each === title))
    .length;
}

/** The titles of the tests in a file, as they are spelled there. */
const titlesIn = (path: string) =>
  [...readDocument(path).matchAll(/(?:\bit\(|\)\()\s*'([^'\n]+)'/g)].map(([, title]) => title!);
