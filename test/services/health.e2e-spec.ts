import { rmSync } from 'node:fs';
import { RedisServer } from '../support/redis-server.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

describe('/health/ready', () => {
  let folder: string;
  let redis: RedisServer;
  let apps: TestApp[];
  const start = async () => {
    const app = await TestApp.start({ folder, settings: { REDIS_URL: redis.url } });
    apps.push(app);
    return app;
  };
  const ready = async (app: TestApp) => (await app.api.get('/health/ready').expect(200)).body as object;

  beforeEach(async () => {
    folder = newFolder();
    apps = [];
    redis = await RedisServer.prepare();
    await redis.start();
  });
  afterEach(async () => {
    for (const app of apps) await app.stopAndKeep();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  it('is whole with a common Redis, and degraded while that cannot be asked', async () => {
    const one = await start();
    await start();
    expect(await ready(one)).toMatchObject({ status: 'ok', instances: 2, stores: { limits: 'redis' } });
    await redis.kill();
    await one.api.get('/public').expect(200);
    expect(await ready(one)).toMatchObject({ status: 'degraded', stores: { limits: 'process' } });
    await redis.start();
    await until(async () => {
      await one.api.get('/public').expect(200);
      return ((await ready(one)) as { status: string }).status === 'ok';
    });
  });
});
