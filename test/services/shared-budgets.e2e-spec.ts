import { rmSync } from 'node:fs';
import { RedisServer } from '../support/redis-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { until } from '../support/until.js';

const AWAY = 'this instance counts attempts for itself';
const BACK = 'for all instances together';

describe('the budgets of instances that share a Redis', () => {
  let folder: string;
  let redis: RedisServer;
  let instances: ServiceProcess[];
  let names = 0;

  const startAll = async (REDIS_URL = redis.url) => {
    const variables = { THROTTLE_LOGIN: '5 per hour', REDIS_URL };
    // One after the other: the first makes the database and the keys.
    instances = [await ServiceProcess.start(folder, variables)];
    instances.push(await ServiceProcess.start(folder, variables));
  };
  const killAll = () => Promise.all(instances.map((instance) => instance.kill()));
  const newName = () => `user-${String(names++)}`;
  const guess = async (instance: number, username: string): Promise<number> =>
    (await instances[instance]!.api.login({ username, password: 'not the password' })).status;
  const guessInTurn = async (username: string, times: number): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n++) statuses.push(await guess(n % 2, username));
    return statuses;
  };
  const letThrough = (statuses: number[]) => statuses.filter((status) => status === 401).length;
  const timesSaid = (text: string) => instances.map(({ output }) => output.join('').split(text).length - 1);
  const untilBack = () =>
    until(async () => {
      for (const { api } of instances) await api.get('/welcome');
      return timesSaid(BACK).every((times) => times > 0);
    });
  const expectShared = async () => {
    expect(await guessInTurn(newName(), 7)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  };
  /** Each instance keeps to the limit, and none answers with a fault. */
  const expectLimitedEach = async () => {
    const statuses = await guessInTurn(newName(), 14);
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(4).fill(429)]);
  };

  beforeAll(async () => {
    folder = newFolder();
    redis = await RedisServer.prepare();
    await redis.start();
    await startAll();
  });
  beforeEach(() => {
    for (const { output } of instances) output.length = 0;
  });
  afterAll(async () => {
    await killAll();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  it('are one: the sixth attempt is refused, whichever instance is asked', async () => {
    await expectShared();
    const name = newName();
    for (let n = 0; n < 5; n++) expect(await guess(0, name)).toBe(401);
    expect(await guess(1, name)).toBe(429);
    expect(await guess(1, newName())).toBe(401);
  });

  it('let exactly as many through as the limit says, of twenty attempts at once', async () => {
    const name = newName();
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => guess(n % 2, name)));
    expect(letThrough(statuses)).toBe(5);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });

  it('are kept in Redis under digests alone, none of them for ever', async () => {
    await guess(0, 'a password typed for a name');
    const keys = await redis.client.keys('*');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(/^gatehouse:throttle:[\w-]{43}$/);
      expect(await redis.client.pttl(key)).toBeGreaterThan(0);
    }
  });

  it('hold for each instance when Redis is killed, and for all once it is back', async () => {
    await expectShared();
    await redis.kill();
    await expectLimitedEach();
    await redis.start();
    await untilBack();
    await expectShared();
    expect([timesSaid(AWAY), timesSaid(BACK)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('hold for each instance when Redis answers no more, and for all once it does', async () => {
    await expectShared();
    redis.freeze();
    await expectLimitedEach();
    redis.thaw();
    await untilBack();
    await expectShared();
  });

  it('hold for each instance when Redis takes no more, and for all once it does', async () => {
    await redis.client.config('SET', 'maxmemory', '1');
    await expectLimitedEach();
    await redis.client.config('SET', 'maxmemory', '0');
    await untilBack();
    await expectShared();
    expect(timesSaid(AWAY)).toEqual([1, 1]);
  });

  it('let through no more than the limit before, between and after, while Redis restarts under load', async () => {
    const name = newName();
    const statuses: number[] = [];
    const guessOn = async (instance: number) => {
      for (let n = 0; n < 100; n++) statuses.push(await guess(instance, name));
    };
    await Promise.all([guessOn(0), guessOn(1), redis.kill().then(() => redis.start())]);
    // Five in the Redis before, five by each instance without it, and five in the Redis after, which knows nothing.
    expect(letThrough(statuses)).toBeLessThanOrEqual(20);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });

  it('outlive every instance', async () => {
    const name = newName();
    expect(await guessInTurn(name, 4)).toEqual([401, 401, 401, 401]);
    await killAll();
    await startAll();
    expect(timesSaid(AWAY)).toEqual([0, 0]);
    expect(await guessInTurn(name, 3)).toEqual([401, 429, 429]);
  });

  it('hold for each instance that starts without Redis, and for all once it is there', async () => {
    await killAll();
    await redis.kill();
    await startAll();
    expect([timesSaid(AWAY), timesSaid('ECONNREFUSED')]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    await expectLimitedEach();
    await redis.start();
    await untilBack();
    await expectShared();
  });

  it('keep no instance from ending, whether Redis is there or not', async () => {
    const [first, second] = instances;
    expect(await first!.stop()).toBe(0);
    expect(timesSaid(AWAY)).toEqual([0, 0]);
    await redis.kill();
    expect(await second!.stop()).toBe(0);
  });

  it('tell no password of Redis, a wrong one included', async () => {
    await redis.start();
    await startAll(redis.url.replace(redis.password, 'a-wrong-password'));
    await expectLimitedEach();
    expect([timesSaid(AWAY), timesSaid('WRONGPASS')]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([timesSaid(redis.password), timesSaid('a-wrong-password')]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
