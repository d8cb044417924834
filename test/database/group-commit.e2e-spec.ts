import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { RefreshToken } from '../../src/tokens/refresh-token.entity.js';
import { RevokedToken } from '../../src/tokens/revoked-token.entity.js';
import { itOnSqlite } from '../support/it-on-sqlite.js';
import { TestApp } from '../support/test-app.js';

const itShares = itOnSqlite('PostgreSQL has a connection a unit');
const UNITS = 20;

describe('units of work that wait together', () => {
  let service: TestApp;
  let work: UnitOfWork;
  let elsewhere: DataSource;

  const epoch = new Date(0);
  const row = (id: string) => ({ id, reason: 'revoked' as const, revokedAt: epoch, expiresAt: epoch });
  const insert = (manager: EntityManager, id: string) => manager.insert(RevokedToken, row(id));
  const idOf = (n: number) => `unit-${String(n).padStart(2, '0')}`;
  const idsIn = async (dataSource: DataSource) => {
    const rows = await dataSource.query<{ id: string }[]>('SELECT id FROM revoked_tokens ORDER BY id');
    return rows.map(({ id }) => id);
  };
  /** What is durable, as another process sees it. */
  const durable = () => idsIn(elsewhere);
  const race = (unit: (manager: EntityManager, n: number) => Promise<unknown>) =>
    Array.from({ length: UNITS }, (_, n) => work.run((manager) => unit(manager, n)));
  const outcomes = async (units: Promise<unknown>[]) =>
    (await Promise.allSettled(units)).map((outcome) => outcome.status === 'fulfilled');

  beforeEach(async () => {
    service = await TestApp.start();
    work = service.app.get(UnitOfWork);
    const database = join(service.folder, 'gatehouse.sqlite');
    elsewhere = await new DataSource({ type: 'sqlite', database }).initialize();
  });
  afterEach(async () => {
    await elsewhere.destroy();
    await service.stop();
  });

  itShares('share commits', async () => {
    const statements: string[] = [];
    service.app.get(DataSource).subscribers.push({
      afterQuery: ({ query }) => {
        statements.push(query);
      },
    });
    await Promise.all(race((manager, n) => insert(manager, idOf(n))));
    const commits = statements.filter((statement) => statement === 'COMMIT').length;
    expect(commits).toBeLessThan(UNITS);
  });

  itShares('are durable when they return, and when their last steps are taken', async () => {
    const units = race(async (manager, n) => {
      await insert(manager, idOf(n));
      work.afterCommit(async () => {
        expect(await durable()).toContain(idOf(n));
      });
    });
    await Promise.all(
      units.map(async (unit, n) => {
        await unit;
        expect(await durable()).toContain(idOf(n));
      }),
    );
  });

  itShares('fail alone, and learn of it no sooner than what they may have seen is durable', async () => {
    const units = race(async (manager, n) => {
      await insert(manager, idOf(n));
      if (n % 3 === 1) throw new Error(`unit ${String(n)}`);
    });
    const atFailure = units[1]?.catch(durable);
    expect(await outcomes(units)).toEqual(units.map((_, n) => n % 3 !== 1));
    const good = units.map((_, n) => idOf(n)).filter((_, n) => n % 3 !== 1);
    expect(await durable()).toEqual(good);
    expect(await atFailure).toContain(idOf(0));
  });

  itShares('fail alone where the first of them fails', async () => {
    const units = race(async (manager, n) => {
      await insert(manager, idOf(n));
      if (n === 0) throw new Error('the first');
    });
    expect(await outcomes(units)).toEqual(units.map((_, n) => n > 0));
    expect(await durable()).toEqual(units.slice(1).map((_, n) => idOf(n + 1)));
  });

  itShares('fail together where the commit fails, and take nothing else along', async () => {
    const told: string[] = [];
    const units = race(async (manager, n) => {
      await insert(manager, idOf(n));
      work.afterCommit(() => void told.push(idOf(n)));
      if (n !== 3) return;
      // A session that there is not: noticed at the commit.
      await manager.query('PRAGMA defer_foreign_keys = ON');
      await manager.insert(RefreshToken, orphan);
    });
    const statement = work.runStatement((manager) => insert(manager, 'statement'));
    const look = work.runNext((manager) => manager.find(RevokedToken));
    const looked = (await look).map(({ id }) => id);
    const held = await outcomes(units);
    const kept = units.map((_, n) => idOf(n)).filter((_, n) => held[n]);
    // Those that joined the transaction of the fourth, on a slow machine not all.
    expect(held[3]).toBe(false);
    expect(told).toEqual(kept);
    await statement;
    await work.run((manager) => insert(manager, 'next'));
    expect(await durable()).toEqual(['next', 'statement', ...kept]);
    expect(['next', 'statement', ...kept]).toEqual(expect.arrayContaining(looked));
  });

  itShares('hold, each one that was said to, where the disk is full', async () => {
    const [{ page_count: pages }] = (await service.query<{ page_count: number }>('PRAGMA page_count')) as [
      { page_count: number },
    ];
    await service.query(`PRAGMA max_page_count = ${String(pages)}`);
    const units = race(async (manager, n) => {
      await insert(manager, idOf(n));
      // SQLite undoes the whole transaction, not the statement alone.
      if (n === 5)
        await manager.query('INSERT INTO throttle_counters VALUES (?, ?, ?)', ['x'.repeat(1e6), 'y', 0]);
    });
    const held = await outcomes(units);
    expect(held[5]).toBe(false);
    await service.query('PRAGMA max_page_count = 1000000');
    expect(await durable()).toEqual(units.map((_, n) => idOf(n)).filter((_, n) => held[n]));
    await work.run((manager) => insert(manager, 'next'));
    expect(await durable()).toContain('next');
  });

  itShares('fail where another process does not let go of the database, and go on once it has', async () => {
    await service.query('PRAGMA busy_timeout = 20');
    await elsewhere.query('BEGIN IMMEDIATE');
    const units = race((manager, n) => insert(manager, idOf(n)));
    expect(await outcomes(units)).toEqual(units.map(() => false));
    await elsewhere.query('ROLLBACK');
    await Promise.all(race((manager, n) => insert(manager, idOf(n))));
    expect(await durable()).toHaveLength(UNITS);
  });

  it('know each their own request', async () => {
    const request = new AsyncLocalStorage<number>();
    const seen = await Promise.all(
      Array.from({ length: UNITS }, (_, n) =>
        request.run(n, () => work.run(() => Promise.resolve(request.getStore()))),
      ),
    );
    expect(seen).toEqual(seen.map((_, n) => n));
  });
});

const orphan: RefreshToken = {
  jti: 'orphan',
  sessionId: 'nobody',
  parentJti: null,
  successorJti: null,
  issuedAt: new Date(0),
  expiresAt: new Date(0),
  usedAt: null,
  usedIp: null,
  usedUserAgent: null,
  parentRepeats: null,
  acknowledgedAt: null,
  revokedAt: null,
  accessJti: 'orphan',
  accessExpiresAt: new Date(0),
};
