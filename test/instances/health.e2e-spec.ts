import { rmSync } from 'node:fs';
import { RedisServer } from '../support/redis-server.js';
import { runService, ServiceProcess } from '../support/service-process.js';
import { storesOf } from '../support/stores.js';
import { newFolder, TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const stores = { denylist: 'database', mail_queue: 'database', hash_queue: 'process' };

describe('/health/ready', () => {
  let folder: string;
  let apps: TestApp[];
  const start = async (settings: Record<string, string> = {}) => {
    const app = await TestApp.start({ folder, settings: { REDIS_URL: '', ...settings } });
    apps.push(app);
    return app;
  };
  const ready = async (app: TestApp) => (await app.api.get('/health/ready').expect(200)).body as object;

  beforeEach(() => {
    folder = newFolder();
    apps = [];
  });
  afterEach(async () => {
    for (const app of apps) await app.stopAndKeep();
    rmSync(folder, { recursive: true });
  });

  it('says where one instance keeps what it would have to share', async () => {
    expect(await ready(await start())).toMatchObject({
      status: 'ok',
      instances: 1,
      stores: { ...stores, limits: 'process' },
    });
  });

  it('is degraded, and says why, while two instances count attempts each for itself', async () => {
    const one = await start();
    const other = await start();
    for (const each of [one, other]) {
      expect(await ready(each)).toMatchObject({
        status: 'degraded',
        reasons: [expect.stringContaining('REDIS_URL')],
        instances: 2,
      });
    }
    await apps.pop()?.stopAndKeep();
    expect(await ready(one)).toMatchObject({ status: 'ok', instances: 1 });
  });

  it('is degraded while instances sign with keys that the other does not know', async () => {
    const one = await start();
    await start({ JWT_KEYS_FILE: `${folder}/other-keys.json` });
    expect(await ready(one)).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringContaining('REDIS_URL'), expect.stringContaining('JWT_KEYS_FILE')],
    });
  });

  it('is whole with a common Redis, and degraded while that cannot be asked', async () => {
    const redis = await RedisServer.prepare();
    await redis.start();
    const one = await start({ REDIS_URL: redis.url });
    await start({ REDIS_URL: redis.url });
    expect(await ready(one)).toMatchObject({ status: 'ok', instances: 2, stores: { limits: 'redis' } });
    await redis.kill();
    await one.api.get('/public').expect(200);
    expect(await ready(one)).toMatchObject({ status: 'degraded', stores: { limits: 'process' } });
    await redis.start();
    await until(async () => {
      await one.api.get('/public').expect(200);
      return ((await ready(one)) as { status: string }).status === 'ok';
    });
    for (const app of apps.splice(0)) await app.stopAndKeep();
    await redis.stop();
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
