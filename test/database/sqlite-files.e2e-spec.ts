import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../support/new-folder.js';
import { ada } from '../support/people.js';
import { keepOnSqlite } from '../support/stores.js';
import { TestApp } from '../support/test-app.js';

describe('the files of a SQLite database', () => {
  const modesIn = (folder: string) =>
    Object.fromEntries(
      readdirSync(folder)
        .filter((name) => name.startsWith('gatehouse.sqlite'))
        .map((name) => [name, statSync(join(folder, name)).mode & 0o777]),
    );
  const ownerOnly = {
    'gatehouse.sqlite': 0o600,
    'gatehouse.sqlite-shm': 0o600,
    'gatehouse.sqlite-wal': 0o600,
  };

  it('are for their owner alone, in a folder that was there before', async () => {
    const folder = join(newFolder(), 'shared');
    mkdirSync(folder, { mode: 0o755 });
    keepOnSqlite(folder);
    const service = await TestApp.start({ folder });
    await service.api.register(ada).expect(201);
    expect(modesIn(folder)).toEqual(ownerOnly);
    await service.stop();
  });

  it('are closed to others where they were open', async () => {
    const folder = newFolder();
    keepOnSqlite(folder);
    writeFileSync(join(folder, 'gatehouse.sqlite'), '');
    chmodSync(join(folder, 'gatehouse.sqlite'), 0o644);
    const service = await TestApp.start({ folder });
    await service.api.register(ada).expect(201);
    expect(modesIn(folder)).toEqual(ownerOnly);
    await service.stop();
  });
});
