import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { DenylistMirror } from '../../src/tokens/denylist-mirror.js';
import type { DenylistEntry } from '../../src/tokens/denylist-table.js';
import { Denylist } from '../../src/tokens/denylist.js';
import { TestApp } from '../support/test-app.js';

const entry = (id: string): DenylistEntry => ({
  id,
  reason: 'revoked',
  expiresAt: new Date('2026-03-02T00:00:00Z'),
});

describe('the denylist', () => {
  let service: TestApp;
  let denylist: Denylist;
  const find = (jti: string) => denylist.find('access', { jti, sid: 'other' });

  beforeEach(async () => {
    service = await TestApp.start();
    denylist = service.app.get(Denylist);
  });
  afterEach(() => service.stop());

  const look = () => service.app.get(DenylistMirror).lookNow();
  const lookWhileAUnitFails = async (id: string) => {
    const work = service.app.get(UnitOfWork);
    const unit = work.run(async (manager) => {
      denylist.add(manager, [entry(id)]);
      work.beforeCommit(async () => {
        await sleep(50);
        throw new Error('half-way');
      });
    });
    const failing = expect(unit).rejects.toThrow('half-way');
    await sleep(10);
    await look();
    await failing;
  };

  it('refuses nothing for a revocation that came to nothing, though it looked for news meanwhile', async () => {
    await lookWhileAUnitFails('undone');
    expect(await find('undone')).toBeUndefined();
  });

  it('misses nothing that another process revokes after that', async () => {
    await lookWhileAUnitFails('undone');

    const other = await TestApp.start({ folder: service.folder });
    await other.app.get(UnitOfWork).run(async (manager) => {
      other.app.get(Denylist).add(manager, [entry('elsewhere')]);
    });
    await other.stopAndKeep();
    await look();
    expect(await find('elsewhere')).toBe('revoked');
  });

  describe('after a start', () => {
    const reasons = ['logout', 'revoked', 'admin'] as const;
    // More than are loaded at once, and in every form that an id can have.
    const ids = Array.from({ length: 12_000 }, (_, n) => {
      const uuid = randomUUID();
      return [uuid, `${uuid}.AZaz09-_${String(1000 + (n % 9000))}`, `a-${String(n)}`, `b_${String(n)}.`][
        n % 4
      ]!;
    });
    const reasonOf = (n: number) => reasons[n % 3]!;
    const isExpired = (n: number) => n % 5 === 4;

    const restart = async () => {
      service = await TestApp.start({ folder: await service.stopAndKeep() });
      denylist = service.app.get(Denylist);
    };
    const revokeAll = () =>
      service.app.get(UnitOfWork).run(async (manager) => {
        const [past, to] = [service.clock.now(), new Date('2026-03-02T00:00:00Z')];
        const entries = ids.map((id, n) => ({
          id,
          reason: reasonOf(n),
          expiresAt: isExpired(n) ? past : to,
        }));
        denylist.add(manager, entries);
      });

    it('refuses all that was revoked, each for its own reason, also what has expired by its clock', async () => {
      await revokeAll();
      await restart();
      const found = await Promise.all(ids.map((id) => find(id)));
      expect(found).toEqual(ids.map((_, n) => reasonOf(n)));
      expect(service.app.get(DenylistMirror).size).toBe(ids.length);
    });

    it('acknowledges what has expired too: whoever revoked it waits for its number', async () => {
      await revokeAll();
      await restart();
      expect(isExpired(ids.length - 1)).toBe(true);
      const [row] = await service.query<{ seq: number }>('SELECT MAX(seq) AS seq FROM revoked_tokens');
      const acknowledged = await service.query('SELECT acknowledged_seq AS seq FROM instances');
      expect(acknowledged).toEqual([row]);
    });

    it('forgets what expires later', async () => {
      await revokeAll();
      await restart();
      service.clock.pass(24 * 3600);
      await service.sweep();
      expect(service.app.get(DenylistMirror).size).toBe(0);
      expect(await find(ids[0]!)).toBeUndefined();
    });
  });
});
