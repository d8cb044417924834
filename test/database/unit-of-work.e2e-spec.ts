import { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { RevokedToken } from '../../src/tokens/revoked-token.entity.js';
import { itOnSqlite } from '../support/it-on-sqlite.js';
import { tablesOf } from '../support/look-into.js';
import { TestApp } from '../support/test-app.js';

describe('the unit of work', () => {
  let service: TestApp;
  let work: UnitOfWork;
  const row = (id: string) => ({
    id,
    reason: 'revoked' as const,
    revokedAt: new Date(0),
    expiresAt: new Date(0),
  });
  const kept = async () => {
    const rows = await service.query<{ id: string }>('SELECT id FROM revoked_tokens ORDER BY id');
    return rows.map(({ id }) => id);
  };

  beforeEach(async () => {
    service = await TestApp.start();
    work = service.app.get(UnitOfWork);
  });
  afterEach(() => service.stop());

  it('keeps two racing units apart, of which one fails: its rows go, and only its rows', async () => {
    const good = work.run(async (manager) => {
      await manager.insert(RevokedToken, row('good-1'));
      await sleep(20);
      await manager.insert(RevokedToken, row('good-2'));
    });
    const bad = work.run(async (manager) => {
      await manager.insert(RevokedToken, row('bad-1'));
      await sleep(20);
      throw new Error('half-way');
    });
    const single = work.runStatement((manager) => manager.insert(RevokedToken, row('single')));
    const results = await Promise.allSettled([good, bad, single]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await kept()).toEqual(['good-1', 'good-2', 'single']);
  });

  itOnSqlite('PostgreSQL has a connection a unit')(
    'would lose rows of the others without it, as TypeORM has one SQLite connection',
    async () => {
      const dataSource = service.app.get(DataSource);
      const bad = dataSource.transaction(async (manager) => {
        await manager.insert(RevokedToken, row('bad'));
        await sleep(50);
        throw new Error('half-way');
      });
      await sleep(10);
      await dataSource.manager.insert(RevokedToken, row('bystander'));
      await expect(bad).rejects.toThrow('half-way');
      expect(await kept()).toEqual([]);
    },
  );

  it('holds with a hundred racing writers, of which every other fails', async () => {
    const rowsOf = (n: number) => ['a', 'b'].map((half) => `unit-${String(n).padStart(3, '0')}-${half}`);
    const units = Array.from({ length: 100 }, (_, n) =>
      work.run(async (manager) => {
        const [first = '', second = ''] = rowsOf(n);
        await manager.insert(RevokedToken, row(first));
        await sleep(Math.random() * 2);
        if (n % 2 === 1) throw new Error('odd');
        await manager.insert(RevokedToken, row(second));
      }),
    );
    await Promise.allSettled(units);
    const even = Array.from({ length: 50 }, (_, n) => 2 * n);
    expect(await kept()).toEqual(even.flatMap(rowsOf));
  });

  it('joins the unit that is open, so that an inner failure takes the outer rows with it', async () => {
    const outer = work.run(async (manager) => {
      await manager.insert(RevokedToken, row('outer'));
      await work.runStatement((inner) => inner.insert(RevokedToken, row('inner')));
      await work.run(() => Promise.reject(new Error('inner failure')));
    });
    await expect(outer).rejects.toThrow('inner failure');
    expect(await kept()).toEqual([]);
  });

  it('does what comes before the commit after all else in the unit, in order, and as part of it', async () => {
    const unit = work.run(async (manager) => {
      work.beforeCommit(async () => {
        await manager.insert(RevokedToken, row('second'));
        work.beforeCommit(() => Promise.reject(new Error('at last')));
      });
      await sleep(5);
      await manager.insert(RevokedToken, row('first'));
    });
    await expect(unit).rejects.toThrow('at last');
    expect(await kept()).toEqual([]);
    expect(() => {
      work.beforeCommit(() => Promise.resolve());
    }).toThrow('beforeCommit needs an open unit of work');
  });

  it('does what comes after the commit after it, and not at all when the unit fails', async () => {
    const steps: string[] = [];
    await work.run(async (manager) => {
      work.afterCommit(() => void steps.push('done'));
      await manager.insert(RevokedToken, row('kept'));
      expect(steps).toEqual([]);
    });
    expect(steps).toEqual(['done']);
    const failing = work.run(() => {
      work.afterCommit(() => void steps.push('never'));
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(steps).toEqual(['done']);
  });
});

describe('the database', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  itOnSqlite('so a file is set').each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['foreign_keys', 1],
  ])('is opened with %s = %s', async (pragma, value) => {
    expect(await service.query(`PRAGMA ${pragma}`)).toEqual([{ [pragma]: value }]);
  });

  itOnSqlite('PostgreSQL has a writer a row')('waits for another process that writes', async () => {
    expect(await service.query('PRAGMA busy_timeout')).toEqual([{ timeout: 5000 }]);
  });

  it('has the schema that the entities describe: nothing is left to migrate', async () => {
    const { upQueries } = await service.app.get(DataSource).driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can go back and forth over every migration', async () => {
    const dataSource = service.app.get(DataSource);
    for (let left = dataSource.migrations.length; left > 0; left--) await dataSource.undoLastMigration();
    expect(await tablesOf(service)).toEqual([]);
    await dataSource.runMigrations();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries).toEqual([]);
  });

  it('keeps no token, only what it is known by', async () => {
    await service.stop();
    service = await TestApp.start();
    const pair = await service.api.signUp({ username: 'ada', password: 'correct horse battery staple' });
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    const tables = ['users', 'sessions', 'refresh_tokens', 'revoked_tokens', 'audit_events'];
    const rows = JSON.stringify(
      await Promise.all(tables.map((table) => service.query(`SELECT * FROM ${table}`))),
    );
    for (const secret of [pair.access_token, pair.refresh_token, 'correct horse battery staple']) {
      expect(rows).not.toContain(secret);
      expect(rows).not.toContain(secret.split('.')[2] ?? secret);
    }
  });
});
