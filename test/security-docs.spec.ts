import { citationsIn, citedFiles, testsTitled } from './support/citations.js';
import { anchorsIn, readDocument, tableRows } from './support/documents.js';

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
const files = citedFiles(text);
const anchors = anchorsIn(text);

const sectionsIn = (cell: string) => [...cell.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);

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
      const found = testsTitled(files.get(label) ?? label, title);
      expect({ requirement, label, title, found }).toMatchObject({ found: 1 });
    }
  });

  it('point to sections and files that there are, and to no file in vain', () => {
    const sections = rows.flatMap(({ shown }) => sectionsIn(shown));
    expect(sections.filter((anchor) => !anchors.includes(anchor!))).toEqual([]);
    const used = new Set(rows.flatMap(({ shown }) => citationsIn(shown).map(({ label }) => label)));
    expect([...files.keys()].sort()).toEqual([...used].sort());
  });
});
