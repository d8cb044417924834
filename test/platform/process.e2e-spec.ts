import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../support/api-client.js';
import { itOnSqlite } from '../support/it-on-sqlite.js';
import { ada, grace } from '../support/people.js';
import { runService, ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';

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

  it('finds everything still true after kill -9 and restart', async () => {
    let service = await ServiceProcess.start(folder);
    const live = await service.api.signUp(ada);
    const loggedOut = await service.api.signIn(ada);
    const accessRevoked = await service.api.signIn(ada);
    const refreshRevoked = await service.api.signIn(ada);
    await service.api.post('/logout', undefined, loggedOut.access_token).expect(204);
    await service.api.delete('/access-revoke', accessRevoked.access_token).expect(200);
    await service.api.delete('/refresh-revoke', refreshRevoked.refresh_token).expect(200);
    await service.kill();

    service = await ServiceProcess.start(folder, { REFRESH_REUSE_LEEWAY: '0', REFRESH_RETRY_WINDOW: '0' });
    const revoked = { status: 401, error: 'token_revoked' };
    expect(refusal(await service.api.get('/protected', loggedOut.access_token))).toEqual(revoked);
    expect(refusal(await service.api.refresh(loggedOut.refresh_token))).toEqual(revoked);
    expect(refusal(await service.api.get('/protected', accessRevoked.access_token))).toEqual(revoked);
    expect(refusal(await service.api.refresh(refreshRevoked.refresh_token))).toEqual(revoked);
    expect(refusal(await service.api.register(ada))).toEqual({ status: 409, error: 'user_exists' });
    await service.api.signIn(ada);
    await service.api.get('/protected', live.access_token).expect(200);
    await service.api.renew(live.refresh_token);
    expect(refusal(await service.api.refresh(live.refresh_token))).toEqual({
      status: 401,
      error: 'refresh_token_reused',
    });
    await service.stop();
  });

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

  it('names every wrong setting at once, without its value, and exits with 1', async () => {
    const { code, stderr, stdout } = await runService(folder, {
      PORT: 'eighty',
      JWT_ALGORITHM: 'HS256',
      JWT_SECRET: 'hunter2',
      ACCESS_TOKEN_TTL: 'a while',
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const name of ['PORT', 'JWT_SECRET', 'ACCESS_TOKEN_TTL'])
      expect(stderr).toContain(`  ${name} must be`);
    expect(stderr).not.toContain('hunter2');
    expect(stderr).not.toContain('eighty');
  });

  it('says why it cannot open its database, and exits with 1', async () => {
    writeFileSync(join(folder, 'occupied'), 'a file where a folder is due');
    const { code, stderr } = await runService(folder, { DATABASE_URL: 'sqlite:./occupied/gatehouse.sqlite' });
    expect(code).toBe(1);
    expect(stderr).toContain('occupied');
  });
});
