import { rmSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { migrations } from '../../src/database/migrations/migrations.js';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.js';
import { toAppError } from '../../src/errors/framework-error.js';
import { ada, grace } from '../support/people.js';
import { onServer } from '../support/postgres-databases.js';
import { PostgresServer } from '../support/postgres-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.prepare();
    await server.start();
  });
  afterAll(() => server.stop());

  describe('seen from services that run', () => {
    let folder: string;
    let url: string;
    let services: ServiceProcess[] = [];

    beforeAll(async () => {
      folder = newFolder();
      url = await server.createDatabase();
      services = await Promise.all(
        [1, 2, 3, 4].map(() => ServiceProcess.start(folder, { DATABASE_URL: url, DATABASE_POOL: '3' })),
      );
    });
    afterAll(async () => {
      await Promise.all(services.map((service) => service.kill()));
      rmSync(folder, { recursive: true });
    });

    it('is brought up to date by one of several that start at once', async () => {
      const rows = await onServer<{ name: string }>(url, 'SELECT name FROM migrations ORDER BY id');
      expect(rows.map(({ name }) => name)).toEqual(
        migrations
          .map(({ name }) => name)
          .sort((one, other) => one.slice(-13).localeCompare(other.slice(-13))),
      );
    });

    it('is given no more connections than the setting allows', async () => {
      const names = Array.from({ length: 40 }, (_, n) => `user-${String(n)}`);
      const [{ api }] = services as [ServiceProcess];
      await Promise.all(names.map((username) => api.register({ ...ada, username })));
      const [counted] = await onServer<{ n: number }>(
        url,
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'gatehouse'`,
      );
      expect(counted!.n).toBeGreaterThan(0);
      expect(counted!.n).toBeLessThanOrEqual(3 * services.length);
    });

    it('may go away: they answer 503 until it is back, and none of them ends', async () => {
      const apis = services.map(({ api }) => api);
      for (const api of apis) await api.get('/health/ready').expect(200);
      await server.kill();
      for (const api of apis) await api.login(ada).expect(503).expect('Retry-After', '1');
      await server.start();
      await apis[0]!.signUp(grace);
      for (const api of apis) await api.signIn(grace);
    });
  });

  describe('seen from a pool of connections', () => {
    let url: string;
    let dataSource: DataSource;
    const written = async () =>
      (await onServer<{ n: number }>(url, 'SELECT n FROM t ORDER BY n')).map(({ n }) => n);
    const write = (n: number) =>
      dataSource.transaction((manager) => manager.query('INSERT INTO t VALUES ($1)', [n]));

    beforeAll(async () => {
      url = await server.createDatabase();
      dataSource = await openDatabase(dataSourceOptions({ kind: 'postgres', url }, 2));
      await onServer(url, 'CREATE TABLE t (n integer)');
    });
    afterAll(() => dataSource.destroy());
    beforeEach(() => onServer(url, 'TRUNCATE t'));

    it('lets nobody hold a lock who has fallen silent amid a transaction', async () => {
      const silent = dataSource.createQueryRunner();
      await silent.startTransaction();
      await silent.query('INSERT INTO t VALUES (1)');
      await silent.query('LOCK TABLE t');
      await write(2);
      expect(await written()).toEqual([2]);
      await silent.release();
    });

    it('is asked anew on another connection when it has fallen silent itself', async () => {
      const unit = dataSource.transaction(async (manager) => {
        await manager.query('INSERT INTO t VALUES (1)');
        server.freeze();
        await manager.query('INSERT INTO t VALUES (2)');
      });
      const error: unknown = await unit.catch((thrown: unknown) => thrown);
      server.thaw();
      expect(toAppError(error)).toMatchObject({ code: 'overloaded' });
      await Promise.all([write(3), write(4)]);
      expect(await written()).toEqual([3, 4]);
    });

    it('is asked for no longer than a statement may take', async () => {
      const error: unknown = await dataSource.query('SELECT pg_sleep(60)').catch((thrown: unknown) => thrown);
      expect(toAppError(error)).toMatchObject({ code: 'overloaded' });
      await write(5);
    });

    it('refuses a connection more than the pool has for 3 s alone', async () => {
      const taken = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
      for (const runner of taken) await runner.connect();
      const error: unknown = await write(6).catch((thrown: unknown) => thrown);
      for (const runner of taken) await runner.release();
      expect(toAppError(error)).toMatchObject({ code: 'overloaded' });
      await write(7);
      expect(await written()).toEqual([7]);
    });
  });
});
