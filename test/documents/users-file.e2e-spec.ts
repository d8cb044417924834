import { resolve } from 'node:path';
import { finish, startProcess } from '../support/child-process.js';
import { codeBlocks, readDocument, tableRows } from '../support/documents.js';
import { foreignHashes } from '../support/foreign-hashes.js';
import { broughtOver, Mover } from '../support/mover.js';
import { testVariables } from '../support/service-process.js';

const DOCUMENT = 'docs/migration.md';

/** A hash that begins as one that a document leaves unfinished. */
function completed(beginning: string): string {
  const found = foreignHashes.find(({ hash }) => hash.startsWith(beginning));
  if (found === undefined) throw new Error(`no hash begins with ${beginning}`);
  return found.hash;
}

describe('the file of users', () => {
  let mover: Mover;

  beforeEach(async () => {
    mover = await Mover.start();
  });
  afterEach(() => mover.stop());

  it.each(['docs/migration.md', 'README.md'])('is taken as %s shows it', async (document) => {
    const [sample = '', ...others] = codeBlocks(document, 'jsonl');
    expect(others).toEqual([]);
    mover.write(
      'users.jsonl',
      sample.replaceAll(/(\$[^"]*)…/g, (_, beginning: string) => completed(beginning)),
    );
    const told = await mover.succeed(document, 'npm run -s gatehouse -- user import');
    expect(told).toBe(broughtOver(2));
    const [hashed, plain] = sample
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { username: string; password?: string });
    const { api } = mover.service;
    await api.login({ username: hashed!.username, password: 'not the password' }).expect(401);
    await api.signIn({ username: hashed!.username, password: 'secret' });
    await api.signIn({ username: plain!.username, password: plain!.password! });
  });

  it('is told of, where lines are refused, as docs/migration.md shows it', async () => {
    const password = 'as it was in the code';
    const lines = [
      { username: 'ada', password },
      { username: 'grace hopper', email: 'grace', password },
      { username: 'linus', password },
      { username: 'mary', password },
      { username: 'Ada', password },
      { username: 'joan', password_hash: 'fakehashedsecret' },
      { username: 'dennis', password },
      { username: 'barbara', password },
      { username: 'edsger', password },
    ];
    mover.write('users.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    // One stream, as a terminal has it.
    const command = `node ${resolve('dist/cli.js')} user import users.jsonl 2>&1`;
    const { code, stdout } = await finish(
      startProcess('sh', ['-c', command], mover.folder, { ...testVariables }),
    );
    const [shown] = codeBlocks(DOCUMENT, 'text');
    expect({ code, stdout }).toEqual({ code: 1, stdout: shown });
  });
});

describe('docs/migration.md', () => {
  it('has every format that is tested in its table', () => {
    const withoutNumbers = (text: string) => text.replace(/\d+/g, '0');
    const listed = tableRows(readDocument(DOCUMENT), '## The formats').flatMap(([cell]) => cell!.split(', '));
    const starts = listed.map((start) => withoutNumbers(start.split('…')[0]!));
    const missing = foreignHashes.filter(
      ({ hash }) => !starts.some((start) => withoutNumbers(hash).startsWith(start)),
    );
    expect(starts.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });
});
