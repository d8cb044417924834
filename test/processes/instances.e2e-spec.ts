import { rmSync } from 'node:fs';
import { refusal } from '../support/api-client.js';
import { lookInto } from '../support/look-into.js';
import { newFolder } from '../support/new-folder.js';
import { ada } from '../support/people.js';
import { runCommand, runService, ServiceProcess } from '../support/service-process.js';
import { isOnPostgres, storesOf } from '../support/stores.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const revoked = { status: 401, error: 'token_revoked' };

describe('two instances on one database', () => {
  let folder: string;
  let one: TestApp;
  let other: TestApp;

  beforeEach(async () => {
    folder = newFolder();
    one = await TestApp.start({ folder });
    other = await TestApp.start({ folder });
    await one.api.register(ada).expect(201);
  });
  afterEach(async () => {
    await other.stopAndKeep();
    await one.stop();
  });

  it('refuse at once what the command line was asked to revoke', async () => {
    const variables = {
      ...(!isOnPostgres && { DATABASE_URL: `sqlite:${folder}/gatehouse.sqlite` }),
      JWT_KEYS_FILE: `${folder}/keys.json`,
    };
    const { access_token } = await one.api.signIn(ada);
    const { code } = await runCommand(folder, ['user', 'disable', 'ada'], '', variables);
    expect(code).toBe(0);
    for (const { api } of [one, other])
      expect(refusal(await api.get('/protected', access_token))).toEqual(revoked);
  });
});

describe('an instance that was held up', () => {
  it('accepts nothing that was revoked meanwhile, though it could acknowledge nothing', async () => {
    const folder = newFolder();
    const one = await ServiceProcess.start(folder);
    const other = await ServiceProcess.start(folder);
    const { access_token } = await one.api.signUp(ada);
    await other.api.get('/protected', access_token).expect(200);
    other.freeze();
    await one.api.post('/logout', undefined, access_token).expect(204);
    const asked = other.api.get('/protected', access_token).then(refusal);
    other.thaw();
    expect(await asked).toEqual(revoked);
    // It counts again: who revokes now waits for it.
    const next = await one.api.signIn(ada);
    await other.api.get('/protected', next.access_token).expect(200);
    await one.api.post('/logout', undefined, next.access_token).expect(204);
    expect(refusal(await other.api.get('/protected', next.access_token))).toEqual(revoked);
    await other.stop();
    await one.stop();
    rmSync(folder, { recursive: true });
  });

  it('holds nobody up once it is dead', async () => {
    const folder = newFolder();
    const one = await ServiceProcess.start(folder);
    const other = await ServiceProcess.start(folder);
    const { access_token } = await one.api.signUp(ada);
    await other.kill();
    await one.api.post('/logout', undefined, access_token).expect(204);
    // The one that is left; the dead one is taken off the list.
    await until(
      async () => (await lookInto(folder, (query) => query('SELECT id FROM instances'))).length === 1,
    );
    await one.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('STRICT_CLUSTER', () => {
  const strict = { STRICT_CLUSTER: 'true', REDIS_URL: '' };
  let folder: string;

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('lets one instance start, and no second one that would count attempts for itself', async () => {
    const one = await ServiceProcess.start(folder, strict);
    const { code, stderr } = await runService(folder, { ...(await storesOf(folder)), ...strict, PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toContain('STRICT_CLUSTER');
    expect(stderr).toContain('2 of 2 instances count attempts each for itself');
    expect((await one.api.get('/health/ready').expect(200)).body).toMatchObject({
      status: 'ok',
      instances: 1,
    });
    expect(await one.stop()).toBe(0);
  });

  it('lets an instance start again after a crash', async () => {
    const one = await ServiceProcess.start(folder, strict);
    await one.kill();
    const again = await ServiceProcess.start(folder, strict);
    expect(await again.stop()).toBe(0);
  });
});
