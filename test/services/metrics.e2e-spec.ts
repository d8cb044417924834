import { valueOf } from '../support/exposition.js';
import { RedisServer } from '../support/redis-server.js';
import { TestApp } from '../support/test-app.js';

const METRICS_TOKEN = 'a-token-for-prometheus';

describe('the metrics', () => {
  let redis: RedisServer;
  let service: TestApp;

  beforeEach(async () => {
    redis = await RedisServer.prepare();
    await redis.start();
    service = await TestApp.start({ settings: { METRICS_TOKEN, REDIS_URL: redis.url } });
  });
  afterEach(async () => {
    await service.stop();
    await redis.stop();
  });

  const read = async () => (await service.api.get('/metrics', METRICS_TOKEN).expect(200)).text;
  const commands = async (outcome: string) =>
    valueOf(await read(), 'gatehouse_redis_command_duration_seconds_count', { outcome });

  it('count commands to Redis, answered or not', async () => {
    await service.api.get('/welcome').expect(200);
    expect(await commands('ok')).toBeGreaterThan(0);
    expect(await commands('error')).toBe(0);
    redis.freeze();
    await service.api.get('/welcome').expect(200);
    redis.thaw();
    expect(await commands('error')).toBeGreaterThan(0);
    expect(await read()).not.toContain(redis.password);
  });
});
