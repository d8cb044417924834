import { withTableRows } from './table-edits.js';

const table = '| route |\n| ----- |\n| `GET /` |';

describe('an edit of a table', () => {
  it.each([
    [`# Routes\n\n${table}\n\nMore.\n\n${table}\n`, `# Routes\n\n${table}\n| a | b |\n\nMore.\n\n${table}\n`],
    [table, `${table}\n| a | b |`],
  ])('adds rows at the end of the first: %j', (text, due) => {
    expect(withTableRows(text, [['a', 'b']])).toBe(due);
  });

  it('says where there is none', () => {
    expect(() => withTableRows('# Routes\n', [['a']])).toThrow('there is no table to add to');
  });
});
