import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AuditEvents } from '../../src/audit/audit-events.service.js';
import { readLines } from '../../src/cli/read-lines.js';
import { AccountDeletionService } from '../../src/auth/account-deletion.service.js';
import { UserExportService } from '../../src/users/transfer/user-export.service.js';
import { UserImportService } from '../../src/users/transfer/user-import.service.js';
import { HostApp, hostAdapters } from '../support/host-app.js';
import { ada, grace } from '../support/people.js';
import { runCommand } from '../support/service-process.js';
import { removeStores, storesOf } from '../support/stores.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

describe('what an application keeps of a user', () => {
  const [[, adapter] = []] = hostAdapters;
  let folder: string;
  let host: HostApp;
  let kept: Set<unknown>;
  let looks: jest.SpyInstance;

  const settings = async () => ({
    DATABASE_URL: `sqlite:${join(folder, 'data/gatehouse.sqlite')}`,
    JWT_KEYS_FILE: join(folder, 'data/keys.json'),
    ...(await storesOf(folder)),
  });
  const start = async () => {
    host = await HostApp.start(adapter!(), { settings: await settings() });
    host.gatehouse.onDelete('orders', (userId) => Promise.resolve(kept.delete(userId)));
  };

  beforeEach(async () => {
    folder = newFolder();
    kept = new Set();
    looks = jest.spyOn(AuditEvents.prototype, 'listAfter');
    await start();
  });
  afterEach(async () => {
    looks.mockRestore();
    await host.stop();
    await removeStores(folder);
    rmSync(folder, { recursive: true });
  });

  const signUp = async (person: typeof ada) => {
    const { access_token } = await host.api.signUp(person);
    const id = String(claimsOf(access_token).sub);
    kept.add(id);
    return { id, access_token };
  };

  it('is deleted once the account is, and nobody else’s', async () => {
    const [left, stays] = [await signUp(ada), await signUp(grace)];
    // The first look into the trail is over then, and the next one a minute away.
    await until(() => looks.mock.results.length > 0);
    await Promise.all(looks.mock.results.map(({ value }) => value as Promise<unknown>));
    await host.api.delete('/users/me', left.access_token, { password: ada.password }).expect(204);
    await until(() => !kept.has(left.id));
    expect([...kept]).toEqual([stays.id]);
  });

  it('is deleted at the next start where the command line has deleted the account meanwhile', async () => {
    const [left, stays] = [await signUp(ada), await signUp(grace)];
    await host.stop();
    expect(await runCommand(folder, ['user', 'delete', ada.username])).toMatchObject({ code: 0 });
    await start();
    await until(() => !kept.has(left.id));
    expect([...kept]).toEqual([stays.id]);
  });

  it('stays where the account was imported by the same id after it was deleted', async () => {
    const [back, left] = [await signUp(ada), await signUp(grace)];
    await host.stop();
    // As the command line does it, in one process instead of four.
    const other = await TestApp.start({ folder, settings: await settings() });
    const lines: string[] = [];
    for await (const user of other.app.get(UserExportService).export()) lines.push(JSON.stringify(user));
    for (const { id } of [back, left]) await other.app.get(AccountDeletionService).delete(id);
    const line = Buffer.from(lines.find((each) => each.includes(back.id))!);
    const options = { dryRun: false, stopOnFault: true };
    const observer = { refused: jest.fn(), progress: jest.fn() };
    const counts = await other.app
      .get(UserImportService)
      .import(readLines(Readable.from([line])), options, observer);
    expect(counts).toMatchObject({ lines: 1, imported: 1 });
    await other.stopAndKeep();
    await start();
    await until(() => !kept.has(left.id));
    expect([...kept]).toEqual([back.id]);
  });
});
