import { setTimeout as sleep } from 'node:timers/promises';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { DenylistMirror, type DenylistEntry } from '../../src/tokens/denylist-mirror.js';
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
});
