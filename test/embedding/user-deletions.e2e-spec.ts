import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostApp, hostAdapters } from '../support/host-app.js';
import { ada, grace } from '../support/people.js';
import { runCommand } from '../support/service-process.js';
import { removeStores, storesOf } from '../support/stores.js';
import { newFolder } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

describe('what an application keeps of a user', () => {
  const [[, adapter] = []] = hostAdapters;
  let folder: string;
  let host: HostApp;
  let kept: Set<unknown>;

  const start = async () => {
    const DATABASE_URL = `sqlite:${join(folder, 'data/gatehouse.sqlite')}`;
    host = await HostApp.start(adapter!(), {
      settings: { DATABASE_URL, JWT_KEYS_FILE: join(folder, 'data/keys.json'), ...(await storesOf(folder)) },
    });
    host.gatehouse.onDelete('orders', (userId) => Promise.resolve(kept.delete(userId)));
  };

  beforeEach(async () => {
    folder = newFolder();
    kept = new Set();
    await start();
  });
  afterEach(async () => {
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
    await sleep(2000);
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
    const { stdout } = await runCommand(folder, ['user', 'export']);
    for (const { username } of [ada, grace]) await runCommand(folder, ['user', 'delete', username]);
    const [line] = stdout.split('\n').filter((each) => each.includes(back.id));
    expect(await runCommand(folder, ['user', 'import', '-'], line)).toMatchObject({ code: 0 });
    await start();
    await until(() => !kept.has(left.id));
    expect([...kept]).toEqual([back.id]);
  });
});
