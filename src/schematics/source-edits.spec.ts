import { withElement, withImport, withModule, withProperty, withSortedText } from './source-edits.js';

const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('an edit of a source', () => {
  it('adds an import after the last', () => {
    const text = "import { A } from './a.js';\nimport { B } from './b.js';\n\nconst c = 1;\n";
    expect(withImport(text, 'C', './c.js')).toBe(
      "import { A } from './a.js';\nimport { B } from './b.js';\nimport { C } from './c.js';\n\nconst c = 1;\n",
    );
    expect(withImport('const c = 1;', 'C', './c.js')).toMatch(/^\n?import \{ C \} from '.\/c.js';/);
  });

  it('adds no import under a name that is imported', () => {
    expect(() => withImport("import { type A } from './a.js';", 'A', './b.js')).toThrow(
      'A is imported already',
    );
  });

  it.each([
    ['const all = [];', 'const all = [C];'],
    ['const all = [A, B];', 'const all = [A, B, C];'],
    ['const all = [\n  A,\n  B,\n];', 'const all = [ A, B,C ];'],
    ['const other = [A];\nexport const all = [B];', 'const other = [A]; export const all = [B, C];'],
  ])('adds to the list of that name: %j', (text, due) => {
    expect(flat(withElement(text, 'all', 'C'))).toBe(due);
  });

  it.each([
    ["const all = ['b'];", "const all = ['a', 'b'];", 'a'],
    ["const all = ['a', 'c'];", "const all = ['a', 'b', 'c'];", 'b'],
    ["const all = ['a',];", "const all = ['a','b'];", 'b'],
  ])('keeps a list of texts in order: %j', (text, due, added) => {
    expect(withSortedText(text, 'all', added)).toBe(due);
  });

  it('adds to the object of that name', () => {
    const text = 'const rooms: Record<string, string[]> = { a: [] };';
    expect(withProperty(text, 'rooms', 'b: []')).toBe(
      'const rooms: Record<string, string[]> = { a: [], b: [] };',
    );
  });

  it('adds to the imports of the module, and to no others', () => {
    const text = 'const x = { imports: [] };\n@Module({ imports: [A] })\nclass M {}';
    expect(withModule(text, 'B')).toBe(
      'const x = { imports: [] };\n@Module({ imports: [A, B] })\nclass M {}',
    );
  });

  it.each([
    ['@Module({})', '@Module({imports: [B]})'],
    ['@Module({ providers: [P] })', '@Module({ imports: [B], providers: [P] })'],
    ['@Module({\n\tproviders: [P]\n})', '@Module({\n\timports: [B], providers: [P]\n})'],
    ['@Module({ imports: [] })', '@Module({ imports: [B] })'],
    [
      '@Module({ imports: [C.forRoot({ imports: [A], }), A // first\n] })',
      '@Module({ imports: [C.forRoot({ imports: [A], }), A, B // first\n] })',
    ],
  ])('adds to a module as it may be: %j', (text, due) => {
    expect(withModule(`${text}\nclass M {}`, 'B')).toBe(`${due}\nclass M {}`);
  });

  it('says what it did not find', () => {
    expect(() => withElement('const all = {};', 'all', 'C')).toThrow('there is no "all" to add to');
    expect(() => withModule('class M {}', 'B')).toThrow("there is no '@Module({})'");
    expect(() => withModule('@Module({ imports: all }) class M {}', 'B')).toThrow(
      "the imports of the '@Module()' are no list: add B to them, by hand",
    );
  });
});
