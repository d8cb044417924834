import { setTimeout as sleep } from 'node:timers/promises';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { Instance } from '../../src/instances/instance.entity.js';
import { Instances } from '../../src/instances/instances.service.js';
import { DenylistMirror } from '../../src/tokens/denylist-mirror.js';
import { RevokedToken } from '../../src/tokens/revoked-token.entity.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { rounds } from '../support/rounds.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const ROUNDS = rounds(4);
const revoked = { status: 401, error: 'token_revoked' };

describe('two instances on one database', () => {
  let folder: string;
  let one: TestApp;
  let other: TestApp;

  beforeEach(async () => {
    folder = newFolder();
    one = await TestApp.start({ folder });
    other = await TestApp.start({ folder });
    await one.api.register(ada).expect(201);
  });
  afterEach(async () => {
    await other.stopAndKeep();
    await one.stop();
  });

  const rowsOf = (app: TestApp) =>
    one.query<{ acknowledged_seq: number }>(
      `SELECT acknowledged_seq FROM instances WHERE id = '${app.app.get(Instances).id}'`,
    );

  it('refuse at once what the other was asked to revoke, whichever way', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [asked, refusing] = round % 2 === 0 ? [one, other] : [other, one];
      const pair = await refusing.api.signIn(ada);
      const sibling = await asked.api.signIn(ada);
      await refusing.api.get('/protected', pair.access_token).expect(200);
      await asked.api.post('/logout', undefined, pair.access_token).expect(204);
      expect(refusal(await refusing.api.get('/protected', pair.access_token))).toEqual(revoked);
      await asked.api.delete('/access-revoke', sibling.access_token).expect(200);
      expect(refusal(await refusing.api.get('/protected', sibling.access_token))).toEqual(revoked);
    }
  });

  it('are waited for only as long as they live', async () => {
    const { access_token } = await one.api.signIn(ada);
    expect(await one.app.get(Instances).findOthers()).toHaveLength(1);
    await other.stopAndKeep();
    expect(await one.app.get(Instances).findOthers()).toEqual([]);
    await one.api.post('/logout', undefined, access_token).expect(204);
    other = await TestApp.start({ folder });
    expect(refusal(await other.api.get('/protected', access_token))).toEqual(revoked);
  });

  it('announce themselves again, and look anew, once nobody has waited for them any longer', async () => {
    const before = await one.api.signIn(ada);
    await one.api.post('/logout', undefined, before.access_token).expect(204);
    const { access_token } = await one.api.signIn(ada);
    await one.query(`DELETE FROM instances WHERE id = '${other.app.get(Instances).id}'`);
    await other.app.get(DenylistMirror).lookNow();
    // Also what it has acknowledged before: who revokes the same once more would wait for that, and give it up.
    expect(await rowsOf(other)).toEqual([{ acknowledged_seq: 1 }]);
    await one.api.post('/logout', undefined, access_token).expect(204);
    expect(refusal(await other.api.get('/protected', access_token))).toEqual(revoked);
    expect(await rowsOf(other)).toEqual([{ acknowledged_seq: 2 }]);
  });

  it('look again when they are given up amid a look', async () => {
    const mirror = other.app.get(DenylistMirror);
    const { access_token } = await one.api.signIn(ada);
    const { jti } = claimsOf(access_token);
    // On SQLite the look waits for its turn once it has seen that its row is there.
    const givenUp = other.app.get(UnitOfWork).run(async (manager) => {
      await sleep(50);
      const expiresAt = new Date('2026-03-02T00:00:00Z');
      await manager.insert(RevokedToken, { id: jti, reason: 'revoked', expiresAt, revokedAt: expiresAt });
      await manager.delete(Instance, { id: other.app.get(Instances).id });
    });
    await sleep(10);
    await mirror.lookNow();
    await givenUp;
    await mirror.lookNow();
    expect(refusal(await other.api.get('/protected', access_token))).toEqual(revoked);
    expect(await rowsOf(other)).toEqual([{ acknowledged_seq: 1 }]);
  });
});
