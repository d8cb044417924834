import { ImportReport } from './import-report.js';

describe('the report of an import', () => {
  let now = 0;
  let output: string[];
  let report: ImportReport;
  const progress = (lines: number) => {
    report.progress({ lines, imported: lines, present: 0, refused: 0 });
  };

  beforeEach(() => {
    now = 0;
    output = [];
    report = new ImportReport({ write: (text) => output.push(text) }, () => now);
  });

  it('tells of each refused line by its number', () => {
    report.refused({ line: 7, fault: 'email must be an email address' });
    expect(output).toEqual(['line 7: email must be an email address\n']);
  });

  it('tells how far it is and how fast, every other second', () => {
    now = 1000;
    progress(500);
    now = 2000;
    progress(1000);
    now = 3000;
    progress(2000);
    now = 4500;
    progress(9000);
    expect(output).toEqual(['1000 lines, 500 a second\n', '9000 lines, 2000 a second\n']);
  });
});
