import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal, type ApiClient } from '../support/api-client.js';
import { Link } from '../support/link.js';
import { LoadClient } from '../support/load-client.js';
import { ada } from '../support/people.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RedisServer } from '../support/redis-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const LOGOUTS = 1000;
const AT_ONCE = 8;
const REFRESHES = 200;
const CLIENTS = 9;
const revoked = { status: 401, error: 'token_revoked' };

describe('three instances on one PostgreSQL and one Redis', () => {
  let folder: string;
  let postgres: PostgresServer;
  let redis: RedisServer;
  /** The third instance's way to Redis. */
  let link: Link;
  let services: ServiceProcess[];
  const anyApi = (): ApiClient => services[Math.floor(Math.random() * services.length)]!.api;
  const statuses = () =>
    Promise.all(
      services.map(
        async ({ api }) => (await api.get('/health/ready')).body as { status?: string; instances?: number },
      ),
    );

  beforeAll(async () => {
    folder = newFolder();
    postgres = await PostgresServer.prepare();
    redis = await RedisServer.prepare();
    await Promise.all([postgres.start(), redis.start()]);
    const { port } = new URL(redis.url);
    link = await Link.to(Number(port));
    const DATABASE_URL = await postgres.createDatabase();
    const start = (REDIS_URL: string) => ServiceProcess.start(folder, { DATABASE_URL, REDIS_URL });
    services = [
      await start(redis.url),
      await start(redis.url),
      await start(redis.url.replace(`:${port}`, `:${String(link.port)}`)),
    ];
  });
  afterAll(async () => {
    for (const service of services) expect(await service.stop()).toBe(0);
    await link.close();
    await redis.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  it('know of each other, and miss nothing', async () => {
    await until(async () =>
      (await statuses()).every(({ status, instances }) => status === 'ok' && instances === 3),
    );
  });

  it('give one successor to 200 refreshes of one token at once, wherever they arrive', async () => {
    const pair = await services[0]!.api.signUp(ada);
    const answers = await Promise.all(
      Array.from({ length: REFRESHES }, (_, n) =>
        services[n % 3]!.api.refresh(pair.refresh_token).expect(200),
      ),
    );
    const successors = answers.map(({ body }) => claimsOf((body as TokenPair).refresh_token).jti);
    expect(new Set(successors).size).toBe(1);
    for (const { body } of answers)
      await anyApi()
        .get('/protected', (body as TokenPair).access_token)
        .expect(200);
  });

  it('refuse at once, all of them, a session that one has ended: a thousand times', async () => {
    let left = LOGOUTS;
    const logOutAndLook = async () => {
      for (let n = left--; n > 0; n = left--) {
        const { access_token, refresh_token } = await services[n % 3]!.api.signIn(ada);
        await services[(n + 1) % 3]!.api.post('/logout', undefined, access_token).expect(204);
        const looks = services.flatMap(({ api }) => [
          api.get('/protected', access_token),
          api.refresh(refresh_token),
        ]);
        for (const look of await Promise.all(looks)) expect(refusal(look)).toEqual(revoked);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, logOutAndLook));
    expect(left).toBeLessThan(0);
  }, 300_000);

  describe('under load, while their stores are lost one after the other', () => {
    let clients: LoadClient[];
    let isOver = false;
    let load: Promise<unknown>;
    const total = (of: (counts: LoadClient['counts']) => number) =>
      clients.reduce((sum, { counts }) => sum + of(counts), 0);
    /** Until the clients have done so many steps more, however slow the machine. */
    const work = async (steps = 60) => {
      const enough = total(({ steps: done }) => done) + steps;
      await Promise.race([until(() => total(({ steps: done }) => done) >= enough), load]);
    };
    const answers = (status: number) => async () =>
      (await services[2]!.api.get('/protected', 'none')).status === status;

    beforeAll(async () => {
      clients = Array.from({ length: CLIENTS }, (_, n) => new LoadClient(`load-${String(n)}`));
      await Promise.all(clients.map((client) => client.signUp(anyApi())));
      load = Promise.all(clients.map((client) => client.workUntil(() => isOver, anyApi)));
      // What goes wrong in it is told where it is waited for.
      load.catch(() => undefined);
    });

    it('go on without Redis, and say that they are degraded', async () => {
      await work();
      const before = total(({ unavailable }) => unavailable);
      await redis.kill();
      await work();
      expect((await statuses()).map(({ status }) => status)).toContain('degraded');
      await redis.start();
      await work();
      await until(async () => (await statuses()).every(({ status }) => status === 'ok'));
      expect(total(({ unavailable }) => unavailable)).toBe(before);
    });

    it('go on while one of them is cut off from Redis, or hears nothing more of it', async () => {
      const before = total(({ unavailable }) => unavailable);
      link.cut();
      await work();
      link.mend();
      await work();
      link.silence();
      await work();
      link.mend();
      await work();
      expect(total(({ unavailable }) => unavailable)).toBe(before);
    });

    it('answer 503 without PostgreSQL, and go on by themselves once it is back', async () => {
      const { access_token } = await anyApi().signIn(ada);
      await postgres.kill();
      await sleep(1500);
      for (const { api } of services) {
        const answer = await api.get('/protected', access_token);
        expect(refusal(answer)).toEqual({ status: 503, error: 'overloaded' });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      }
      await postgres.start();
      await work();
      await anyApi().get('/protected', access_token).expect(200);
      expect(await answers(401)()).toBe(true);
      expect(total(({ unavailable }) => unavailable)).toBeGreaterThan(0);
    });

    it('have accepted nothing that was revoked, and lost nothing that they have answered', async () => {
      isOver = true;
      await load;
      await until(async () => (await statuses()).every(({ status }) => status === 'ok'));
      for (const { api } of services) {
        await Promise.all(clients.map((client) => client.expectRevocationsToHold(api, 'all')));
      }
      await Promise.all(clients.map((client) => client.expectRegistrationsToHold(anyApi())));
      await Promise.all(clients.map((client) => client.goOn(anyApi())));
      for (const count of [
        total(({ refreshed }) => refreshed),
        total(({ revoked: cuts }) => cuts),
        total(({ registered }) => registered),
      ])
        expect(count).toBeGreaterThan(0);
    });
  });
});
