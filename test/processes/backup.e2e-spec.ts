import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end } from '../support/child-process.js';
import { itOnSqlite } from '../support/it-on-sqlite.js';
import { ada } from '../support/people.js';
import { runCommand, ServiceProcess, startCommand } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';

const onSqlite = itOnSqlite('PostgreSQL has pg_dump');
const { password } = ada;

describe('gatehouse database backup', () => {
  let folder: string;
  let service: ServiceProcess;
  const file = () => join(folder, 'copy.sqlite');
  const backUp = (...args: string[]) => runCommand(folder, ['database', 'backup', ...args]);
  const register = (username: string) => service.api.register({ username, password }).expect(201);

  beforeEach(async () => {
    folder = newFolder();
    service = await ServiceProcess.start(folder);
    await register('ada');
  });
  afterEach(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  /** Who is in the copy, as a service on it says. */
  const usersOf = async (copy: string) => {
    const { stdout } = await runCommand(folder, ['user', 'list'], '', { DATABASE_URL: `sqlite:${copy}` });
    return [...stdout.matchAll(/"username":"([^"]+)"/g)].map(([, name]) => name);
  };

  onSqlite('has everything that was answered before, while people go on registering', async () => {
    const answered: string[] = [];
    const enough = new AbortController();
    const registering = (async () => {
      for (let count = 1; !enough.signal.aborted; count++) {
        await register(`user-${String(count)}`);
        answered.push(`user-${String(count)}`);
      }
    })();
    while (answered.length < 5) await sleep(5);
    const before = [...answered];
    const { code, stdout, stderr } = await backUp(file());
    enough.abort();
    await registering;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `Backed the database up to ${file()}, ${String(statSync(file()).size)} bytes. The keys are another file.\n`,
    );
    expect(answered.length).toBeGreaterThan(before.length);
    expect(await usersOf(file())).toEqual(expect.arrayContaining(['ada', ...before]));
    const url = { DATABASE_URL: `sqlite:${file()}` };
    expect(await runCommand(folder, ['audit', 'verify'], '', url)).toMatchObject({ code: 0 });
    const restored = await ServiceProcess.start(folder, url);
    for (const username of ['ada', ...before]) await restored.api.signIn({ username, password });
    await restored.stop();
  });

  onSqlite('is for its owner alone, and needs no service', async () => {
    await service.stop();
    expect(await backUp(file())).toMatchObject({ code: 0 });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file()}.part`)).toBe(false);
  });

  onSqlite('overwrites nothing', async () => {
    writeFileSync(file(), 'of yesterday');
    const { code, stderr } = await backUp(file());
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${file()} is there already: a backup overwrites nothing.\n`,
    });
    expect(readFileSync(file(), 'utf8')).toBe('of yesterday');
  });

  onSqlite.each([50, 300, 600, 900, 1200])(
    'is there whole or not at all, where it is killed after %i ms',
    async (ms) => {
      const child = await startCommand(folder, ['database', 'backup', file()]);
      await sleep(ms);
      await end(child, 'SIGKILL');
      rmSync(`${file()}.part`, { force: true });
      if (!existsSync(file())) expect(await backUp(file())).toMatchObject({ code: 0 });
      expect(await usersOf(file())).toEqual(['ada']);
    },
  );

  onSqlite('says what is left of one that was cut off, and where it cannot be made', async () => {
    writeFileSync(`${file()}.part`, '');
    expect((await backUp(file())).stderr).toBe(
      `${file()}.part is there: another backup is being made, or was cut off. Delete it if none is.\n`,
    );
    expect((await backUp(join(folder, 'nowhere/copy.sqlite'))).stderr).toBe(
      `There is no folder ${join(folder, 'nowhere')}.\n`,
    );
    const away = { DATABASE_URL: `sqlite:${join(folder, 'away.sqlite')}` };
    const none = await runCommand(folder, ['database', 'backup', join(folder, 'other.sqlite')], '', away);
    expect(none).toEqual({
      code: 1,
      stdout: '',
      stderr: `There is no database at ${join(folder, 'away.sqlite')}.\n`,
    });
    expect(existsSync(join(folder, 'away.sqlite'))).toBe(false);
    writeFileSync(join(folder, 'away.sqlite'), 'no database, for what is written in it'.repeat(100));
    const broken = await runCommand(folder, ['database', 'backup', file() + '2'], '', away);
    expect(broken).toMatchObject({
      code: 1,
      stderr: `${join(folder, 'away.sqlite')} cannot be copied: SQLITE_NOTADB: file is not a database.\n`,
    });
    expect([existsSync(`${file()}2`), existsSync(`${file()}2.part`)]).toEqual([false, false]);
  });

  onSqlite('sends who has PostgreSQL to its own program', async () => {
    const url = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await runCommand(folder, ['database', 'backup', file()], '', url)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'PostgreSQL is backed up by pg_dump, see docs/operations.md.\n',
    });
  });
});
