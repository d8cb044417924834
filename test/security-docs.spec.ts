import { readDocument, tableRows } from './support/documents.js';

/** OWASP ASVS 5.0.0: for each section of its chapters V6, V7 and V9, the levels of its requirements in order. */
const levels = {
  '6.1': '122',
  '6.2': '111111112222',
  '6.3': '11223333',
  '6.4': '112233',
  '6.5': '22222333',
  '6.6': '2223',
  '6.7': '33',
  '6.8': '2222',
  '7.1': '222',
  '7.2': '1111',
  '7.3': '22',
  '7.4': '11222',
  '7.5': '223',
  '7.6': '22',
  '9.1': '111',
  '9.2': '1222',
};
const requirements = Object.entries(levels).flatMap(([section, each]) =>
  Array.from(each, (level, n) => `${section}.${String(n + 1)} L${level}`),
);

const text = readDocument('docs/security.md');
const rows = tableRows(text, '## OWASP ASVS 5.0').map(([requirement, , status, shown]) => ({
  requirement,
  status,
  shown: shown ?? '',
}));
const files = new Map(
  [...text.matchAll(/^\[(\S+)\]: \.\.\/(\S+\.(?:e2e-)?spec\.ts)$/gm)].map(([, label, path]) => [
    label!,
    path!,
  ]),
);
const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
  heading!
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-'),
);

/** The tests that a cell names: a label of a file, and then titles in quotation marks, until the next label. */
function citationsIn(cell: string): { label: string; title: string }[] {
  let label = '';
  return [...cell.matchAll(/\[([^\]]+)\](?!\()|"([^"]+)"/g)].flatMap(([, named, title]) => {
    if (named !== undefined) label = named;
    return title === undefined ? [] : [{ label, title }];
  });
}

const sectionsIn = (cell: string) => [...cell.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);

/** The titles of the tests in a file, as they are spelled there. */
const titlesIn = (path: string) =>
  [...readDocument(path).matchAll(/(?:\bit\(|\)\()\s*'([^'\n]+)'/g)].map(([, title]) => title!);

describe('the tables of OWASP ASVS in docs/security.md', () => {
  it('have every requirement of the three chapters once, with its level', () => {
    expect(requirements).toHaveLength(73);
    expect(rows.map(({ requirement }) => requirement)).toEqual(requirements);
  });

  it('say of each how it stands, and why', () => {
    for (const { requirement, status, shown } of rows) {
      expect([requirement, status]).toEqual([
        requirement,
        expect.stringMatching(/^(met|partly|not yet|does not apply)$/),
      ]);
      expect([requirement, shown]).toEqual([requirement, expect.stringMatching(/\w/)]);
    }
  });

  it('name a test or a section for each that is met, wholly or partly', () => {
    const claimed = rows.filter(({ status }) => status === 'met' || status === 'partly');
    const bare = claimed.filter(({ shown }) => citationsIn(shown).length + sectionsIn(shown).length === 0);
    expect(bare).toEqual([]);
  });

  it('name only tests that there are, each by a title that one test of its file has', () => {
    const cited = rows.flatMap(({ requirement, shown }) =>
      citationsIn(shown).map((citation) => ({ requirement, ...citation })),
    );
    expect(cited.length).toBeGreaterThan(50);
    for (const { requirement, label, title } of cited) {
      const titles = titlesIn(files.get(label) ?? label);
      const found = title.endsWith('…')
        ? titles.filter((each) => each.startsWith(title.slice(0, -1)))
        : titles.filter((each) => each === title);
      expect({ requirement, label, title, found: found.length }).toMatchObject({ found: 1 });
    }
  });

  it('point to sections and files that there are, and to no file in vain', () => {
    const sections = rows.flatMap(({ shown }) => sectionsIn(shown));
    expect(sections.filter((anchor) => !anchors.includes(anchor!))).toEqual([]);
    const used = new Set(rows.flatMap(({ shown }) => citationsIn(shown).map(({ label }) => label)));
    expect([...files.keys()].sort()).toEqual([...used].sort());
  });
});
