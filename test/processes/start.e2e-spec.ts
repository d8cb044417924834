import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { itOnSqlite } from '../support/it-on-sqlite.js';
import { newFolder } from '../support/new-folder.js';
import { ada, grace } from '../support/people.js';
import { runService, ServiceProcess } from '../support/service-process.js';

describe('the service as a process', () => {
  let folder: string;

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  itOnSqlite('without a setting the database is a file')(
    'needs no setting for its first start: it makes its folder, database and key, and says so',
    async () => {
      const service = await ServiceProcess.start(folder);
      await service.api.signUp(ada);
      expect(statSync(join(folder, 'data/keys.json')).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
      expect(statSync(join(folder, 'data/gatehouse.sqlite')).isFile()).toBe(true);
      expect(service.output.join('')).toContain('Made new ES256 signing keys in ./data/keys.json');
      expect(service.output.join('')).toContain('./data/gatehouse.sqlite');
      expect(await service.stop()).toBe(0);
    },
  );

  it('loses no answered write and keeps none by half when it is killed amid a hundred of them', async () => {
    let service = await ServiceProcess.start(folder);
    let asked = 0;
    const registered: string[] = [];
    const refreshed: TokenPair[] = [];
    const sessions = await Promise.all(
      [grace, { ...ada, username: 'edsger' }].map((person) => service.api.signUp(person)),
    );
    // Each goes on until the service is gone, so that there is always something under way.
    const registerOnAndOn = async () => {
      for (;;) {
        const username = `user-${String(asked++)}`;
        await service.api.register({ ...ada, username }).expect(201);
        registered.push(username);
      }
    };
    const load = [
      ...Array.from({ length: 100 }, registerOnAndOn),
      ...sessions.map(async (session) => refreshed.push(await service.api.renew(session.refresh_token))),
    ];
    const settled = Promise.allSettled(load);
    while (registered.length < 10) await new Promise(setImmediate);
    await service.kill();
    await settled;
    expect(registered.length).toBeLessThan(asked);

    service = await ServiceProcess.start(folder);
    for (const username of registered) await service.api.signIn({ ...ada, username });
    for (const { refresh_token } of refreshed) await service.api.renew(refresh_token);
    for (const { refresh_token } of sessions) {
      expect([200, 401]).toContain((await service.api.refresh(refresh_token)).status);
    }
    await service.stop();
  });

  it('says why it cannot open its database, and exits with 1', async () => {
    writeFileSync(join(folder, 'occupied'), 'a file where a folder is due');
    const { code, stderr } = await runService(folder, { DATABASE_URL: 'sqlite:./occupied/gatehouse.sqlite' });
    expect(code).toBe(1);
    expect(stderr).toContain('occupied');
  });
});
