import { existsSync, readdirSync } from 'node:fs';
import { citationsIn, citedFiles, testsTitled } from './support/citations.js';
import { readDocument, tableRows } from './support/documents.js';

const text = readDocument('docs/standards.md');
const rows = tableRows(text, '## What is followed').map(([standard, asks, where, shown]) => ({
  standard: standard ?? '',
  asks: asks ?? '',
  where: where ?? '',
  shown: shown ?? '',
}));
const files = citedFiles(text);

describe('the tables of docs/standards.md', () => {
  it('name a standard and its section, and say what it asks', () => {
    expect(rows.length).toBeGreaterThan(50);
    for (const { standard, asks } of rows) {
      expect(standard).toMatch(/^(RFC \d{4} (§[\d.]+|App\. [A-Z])|(?!RFC).+)$/);
      expect([standard, asks]).toEqual([standard, expect.stringMatching(/\w/)]);
    }
  });

  it('name one file for each that does it, which is there', () => {
    for (const { standard, where } of rows)
      expect({ standard, where, exists: existsSync(where) }).toMatchObject({ exists: true });
  });

  it('name only tests that there are, each by a title that one test of its file has', () => {
    for (const { standard, shown } of rows) {
      const cited = citationsIn(shown);
      if (cited.length === 0) expect(shown).toContain('](security.md#owasp-asvs-50)');
      for (const { label, title } of cited) {
        const found = testsTitled(files.get(label) ?? label, title);
        expect({ standard, label, title, found }).toMatchObject({ found: 1 });
      }
    }
  });

  it('point to no file of tests in vain', () => {
    const used = new Set(rows.flatMap(({ shown }) => citationsIn(shown).map(({ label }) => label)));
    expect([...files.keys()].sort()).toEqual([...used].sort());
  });
});

describe('docs/standards.md', () => {
  it('has every RFC that the code names', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
      /(?<!\.spec)\.ts$/.test(path),
    );
    const named = sources.flatMap((path) => readDocument(`src/${path}`).match(/RFC \d{4}/g) ?? []);
    expect(named.length).toBeGreaterThan(50);
    expect([...new Set(named)].filter((rfc) => !text.includes(rfc))).toEqual([]);
  });
});
