import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { end } from '../support/child-process.js';
import { bcryptHashes, foreignHashes } from '../support/foreign-hashes.js';
import { runCommand, ServiceProcess, startCommand } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { until } from '../support/until.js';

const { hash, password } = bcryptHashes[0]!;
const jsonLines = (documents: object[]) => documents.map((each) => `${JSON.stringify(each)}\n`).join('');

/** As an export has them, so that it can be compared with them. */
const manyUsers = Array.from({ length: 2600 }, (_, index) => {
  const number = String(index).padStart(4, '0');
  return {
    id: `00000000-0000-4000-8000-00000000${number}`,
    username: `user-${number}`,
    email: `user-${number}@example.org`,
    email_verified: index % 2 === 0,
    roles: ['user'],
    disabled: false,
    created_at: '2020-01-01T00:00:00.000Z',
    password_hash: hash,
  };
});

describe('moving users by the command line', () => {
  let folder: string;
  const gatehouse = (args: string, input = '') => runCommand(folder, args.split(' '), input);
  const write = (lines: string) => {
    writeFileSync(join(folder, 'users.jsonl'), lines);
  };

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('tells of every bad line by its number, in a dry run and in earnest, and never what is in it', async () => {
    const secret = 'hush hush hush';
    write(
      jsonLines([{ username: 'ada', password_hash: hash }]) +
        `{"username":"grace","password":"${secret}"\n` +
        '\n' +
        jsonLines([
          { username: 'x', password: secret },
          { username: 'ADA', password: secret },
          { username: 'linus', password_hash: `${hash}${secret}` },
          { username: 'mary', password: secret },
        ]) +
        `${secret.repeat(2000)}\n` +
        '["hedy"]',
    );
    const faults = [
      'line 2: is no JSON object',
      'line 4: username must be 3 to 64 of the characters A-Z a-z 0-9 . _ -',
      'line 5: username is that of line 1, too',
      'line 6: password_hash is no well-formed bcrypt hash of the kind 2a, 2b or 2y',
      'line 8: is longer than 16 KiB',
      'line 9: is no JSON object',
    ];
    const dry = await gatehouse('user import users.jsonl --dry-run');
    expect(dry).toEqual({
      code: 1,
      stdout: '8 lines: 2 would be imported, 0 there already, 6 refused.\n',
      stderr: [...faults, 'Not all lines can be imported.', ''].join('\n'),
    });
    expect((await gatehouse('user list')).stdout).toBe('');

    const real = await gatehouse('user import users.jsonl');
    expect(real).toEqual({
      code: 1,
      stdout: '8 lines: 2 imported, 0 there already, 6 refused.\n',
      stderr: [...faults, 'Not all lines were imported.', ''].join('\n'),
    });
    expect((await gatehouse('user list')).stdout.trim().split('\n')).toHaveLength(2);
  });

  it('stops at the first bad line where it is told to', async () => {
    write(
      jsonLines([{ username: 'ada', password_hash: hash }, {}, { username: 'grace', password_hash: hash }]),
    );
    const stopped = await gatehouse('user import users.jsonl --stop-on-error');
    expect(stopped).toMatchObject({ code: 1, stdout: '2 lines: 1 imported, 0 there already, 1 refused.\n' });
  });

  it('takes users over into the running service, from standard input', async () => {
    const service = await ServiceProcess.start(folder);
    const users = foreignHashes.map((each, index) => ({ ...each, username: `user-${String(index)}` }));
    const lines = jsonLines(users.map((each) => ({ username: each.username, password_hash: each.hash })));
    expect(await gatehouse('user import -', lines)).toEqual({
      code: 0,
      stdout: `${String(users.length)} lines: ${String(users.length)} imported, 0 there already, 0 refused.\n`,
      stderr: '',
    });
    for (const user of users) await service.api.signIn(user);

    const { stdout } = await gatehouse('user export');
    expect(stdout.match(/"password_hash":"\$argon2id\$v=19\$m=8,/g)).toHaveLength(users.length);
    expect(await gatehouse('user import -', lines)).toMatchObject({
      code: 0,
      stdout: `${String(users.length)} lines: 0 imported, ${String(users.length)} there already, 0 refused.\n`,
    });
    await service.stop();
  });

  it('ends as if nothing had happened, when it was killed in the middle and is run again', async () => {
    const service = await ServiceProcess.start(folder);
    write(jsonLines(manyUsers));
    const importing = await startCommand(folder, ['user', 'import', '-']);
    importing.stdin?.write(jsonLines(manyUsers.slice(0, 1300)));
    const signsIn = async (index: number) =>
      (await service.api.login({ username: manyUsers[index]!.username, password })).status === 200;
    await until(() => signsIn(999));
    await end(importing, 'SIGKILL');
    expect(await signsIn(1000)).toBe(false);

    expect(await gatehouse('user import users.jsonl')).toMatchObject({
      code: 0,
      stdout: '2600 lines: 1600 imported, 1000 there already, 0 refused.\n',
    });
    const exported = (await gatehouse('user export')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const renewed = { ...manyUsers[999], password_hash: expect.stringMatching(/^\$argon2id\$/) };
    expect(exported).toEqual(manyUsers.map((user, index) => (index === 999 ? renewed : user)));
    await service.stop();
  });

  it.each([300, 600, 900])('ends so wherever the kill falls, as after %i ms', async (ms) => {
    write(jsonLines(manyUsers));
    const importing = await startCommand(folder, ['user', 'import', 'users.jsonl']);
    await sleep(ms);
    await end(importing, 'SIGKILL');
    const { code, stderr } = await gatehouse('user import users.jsonl');
    // A slow machine has time to tell of progress.
    const faults = stderr.replaceAll(/^\d+ lines, \d+ a second\n/gm, '');
    expect({ code, faults }).toEqual({ code: 0, faults: '' });
    expect((await gatehouse('user export')).stdout).toBe(jsonLines(manyUsers));
  });

  it('moves an export into another database, where the same users sign in', async () => {
    write(
      jsonLines([
        { username: 'ada', password: 'secret', roles: ['user', 'admin'] },
        { username: 'grace', password_hash: hash },
      ]),
    );
    await gatehouse('user import users.jsonl');
    const { code, stdout, stderr } = await gatehouse('user export');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const elsewhere = newFolder();
    const moved = await runCommand(elsewhere, ['user', 'import', '-'], stdout);
    expect(moved).toMatchObject({ code: 0, stdout: '2 lines: 2 imported, 0 there already, 0 refused.\n' });
    expect((await runCommand(elsewhere, ['user', 'export'])).stdout).toBe(stdout);
    const service = await ServiceProcess.start(elsewhere);
    await service.api.signIn({ username: 'ada', password: 'secret' });
    await service.api.signIn({ username: 'grace', password });
    await service.stop();
    rmSync(elsewhere, { recursive: true });
  });

  it('ends with words where the reader of an export stops before its end', async () => {
    write(jsonLines(manyUsers));
    await gatehouse('user import users.jsonl');
    const exporting = await startCommand(folder, ['user', 'export']);
    exporting.stdout?.once('data', () => exporting.stdout?.destroy());
    const [stderr, [code]] = await Promise.all([text(exporting.stderr!), once(exporting, 'exit')]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'The output was closed before its end.\n' });
  });

  it.each([
    ['a file that is not there', 'user import nothing.jsonl', 'nothing.jsonl: ENOENT'],
    ['a folder', 'user import .', 'Cannot read the file: EISDIR'],
    ['no file', 'user import', "missing required argument 'file'"],
  ])('refuses %s with words and exit code 1', async (_, args, words) => {
    const result = await gatehouse(args);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(words);
    expect(result.stderr).not.toContain('    at ');
  });
});
