import { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { AuditVerifier } from '../../src/audit/audit-verifier.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { UsersService } from '../../src/users/users.service.js';
import { listEvents, signInAdmin } from '../support/audit.js';
import { emptyAuditTrail } from '../support/empty-audit-trail.js';
import { ada, grace } from '../support/people.js';
import { tablesOf } from '../support/look-into.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly personal: string | null;
  readonly salt: string | null;
}

describe('the chain of audit events', () => {
  let service: TestApp;
  const rows = () => service.query<Row>('SELECT * FROM audit_events ORDER BY seq');
  const verify = () => service.app.get(AuditVerifier).verify();
  const record = (details: object) =>
    service.app
      .get(UnitOfWork)
      .run((manager) =>
        service.app.get(AuditTrail).record(manager, { type: 'user_enabled', userId: null, details }),
      );

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(async () => {
    await removeUsers(service);
    await emptyAuditTrail(service);
  });
  afterAll(() => service.stop());

  it('holds while it is empty', async () => {
    expect(await verify()).toEqual({ seq: 0, hash: '0'.repeat(64), erased: 0 });
  });

  it('is one, without a gap, after fifty writers at once, of which every fifth fails', async () => {
    const work = service.app.get(UnitOfWork);
    const units = Array.from({ length: 50 }, (_, n) =>
      work.run(async (manager) => {
        const trail = service.app.get(AuditTrail);
        await trail.record(manager, { type: 'user_enabled', userId: null, details: { n, half: 1 } });
        await sleep(Math.random() * 3);
        await trail.record(manager, { type: 'user_disabled', userId: null, details: { n, half: 2 } });
        if (n % 5 === 0) throw new Error('every fifth');
      }),
    );
    const looks = Array.from({ length: 5 }, async () => verify());
    await Promise.allSettled(units);
    for (const report of await Promise.all(looks)) expect(report).not.toHaveProperty('fault');
    expect((await rows()).map(({ seq }) => seq)).toEqual(Array.from({ length: 80 }, (_, n) => n + 1));
    expect(await verify()).toMatchObject({ seq: 80, erased: 0 });
  });

  it('is one after fifty people have signed in at once over HTTP', async () => {
    await service.api.register(ada).expect(201);
    const password = (n: number) => (n % 2 === 0 ? ada.password : 'not the password');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => service.api.login({ ...ada, password: password(n) })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(25);
    expect(await verify()).toMatchObject({ seq: 51 });
  });

  it('goes on where it ended after a restart', async () => {
    await record({ n: 1 });
    service = await TestApp.start({ folder: await service.stopAndKeep() });
    await record({ n: 2 });
    expect(await verify()).toMatchObject({ seq: 2 });
  });

  it.each<[string, string, { seq: number; fault: RegExp }]>([
    ['a type', "UPDATE audit_events SET type = 'user_disabled' WHERE seq = 5", { seq: 5, fault: /altered/ }],
    ['an outcome', "UPDATE audit_events SET outcome = 'failure' WHERE seq = 5", { seq: 5, fault: /altered/ }],
    [
      'a moment',
      'UPDATE audit_events SET created_at = created_at + 1 WHERE seq = 5',
      { seq: 5, fault: /altered/ },
    ],
    ['a user', "UPDATE audit_events SET user_id = 'somebody' WHERE seq = 5", { seq: 5, fault: /altered/ }],
    ['an actor', "UPDATE audit_events SET actor_id = 'somebody' WHERE seq = 5", { seq: 5, fault: /altered/ }],
    ['an id', "UPDATE audit_events SET id = 'another' WHERE seq = 5", { seq: 5, fault: /altered/ }],
    ['details', `UPDATE audit_events SET details = '{"n": 5}' WHERE seq = 5`, { seq: 5, fault: /altered/ }],
    [
      'a hash',
      `UPDATE audit_events SET hash = '${'0'.repeat(64)}' WHERE seq = 5`,
      { seq: 5, fault: /altered/ },
    ],
    [
      'a digest',
      `UPDATE audit_events SET personal_digest = '${'0'.repeat(64)}' WHERE seq = 5`,
      { seq: 5, fault: /altered/ },
    ],
    [
      'an address',
      `UPDATE audit_events SET personal = '{"ip":"203.0.113.9"}' WHERE seq = 5`,
      { seq: 5, fault: /other personal data/ },
    ],
    ['a salt', "UPDATE audit_events SET salt = 'x' WHERE seq = 5", { seq: 5, fault: /other personal data/ }],
    [
      'a salt alone',
      'UPDATE audit_events SET salt = NULL WHERE seq = 5',
      { seq: 5, fault: /other personal data/ },
    ],
    [
      'personal data that nobody asked to erase',
      'UPDATE audit_events SET personal = NULL, salt = NULL WHERE seq = 5',
      { seq: 5, fault: /lost its personal data/ },
    ],
    [
      'a row in the middle, taken out',
      'DELETE FROM audit_events WHERE seq = 5',
      { seq: 5, fault: /missing/ },
    ],
    ['the first row, taken out', 'DELETE FROM audit_events WHERE seq = 1', { seq: 1, fault: /missing/ }],
    ['the last row, taken out', 'DELETE FROM audit_events WHERE seq = 10', { seq: 10, fault: /missing/ }],
    ['every row, taken out', 'DELETE FROM audit_events', { seq: 1, fault: /missing/ }],
    [
      'a row in the middle, taken out, and the rest moved up',
      'DELETE FROM audit_events WHERE seq = 5; UPDATE audit_events SET seq = seq - 1 WHERE seq > 5',
      { seq: 5, fault: /altered/ },
    ],
    [
      'two rows, changed for each other',
      `UPDATE audit_events SET seq = 99 WHERE seq = 5; UPDATE audit_events SET seq = 5 WHERE seq = 6;
       UPDATE audit_events SET seq = 6 WHERE seq = 99`,
      { seq: 5, fault: /altered/ },
    ],
    [
      'a row, put in before all others',
      `INSERT INTO audit_events SELECT -1, 'another', created_at, type, outcome, user_id, actor_id, details, personal,
       salt, personal_digest, hash FROM audit_events WHERE seq = 1`,
      { seq: -1, fault: /never written/ },
    ],
    [
      'a row, put in after all others',
      `INSERT INTO audit_events SELECT 11, 'another', created_at, type, outcome, user_id, actor_id, details, personal,
       salt, personal_digest, hash FROM audit_events WHERE seq = 10`,
      { seq: 11, fault: /altered/ },
    ],
    ['the end of the chain', 'UPDATE audit_chain_head SET seq = 11', { seq: 11, fault: /missing/ }],
    [
      'the hash at the end',
      `UPDATE audit_chain_head SET hash = '${'0'.repeat(64)}'`,
      { seq: 10, fault: /not the one that the chain was left with/ },
    ],
    ['the end, taken out', 'DELETE FROM audit_chain_head', { seq: 10, fault: /not the one/ }],
  ])('shows where %s was altered', async (_, statements, { seq, fault }) => {
    for (let n = 1; n <= 10; n++) await record({ n });
    expect(await verify()).toMatchObject({ seq: 10 });
    const before = await rows();
    for (const statement of statements.split(';')) await service.query(statement);
    expect(await verify()).toMatchObject({ seq, fault: expect.stringMatching(fault) });
    expect([before.length, (await service.query('SELECT * FROM audit_events WHERE seq = 4')).length]).toEqual(
      [10, /^DELETE FROM audit_events$/.test(statements) ? 0 : 1],
    );
  });

  it('shows an event that was made anew with all that follow, by a link that was noted before', async () => {
    for (let n = 1; n <= 3; n++) await record({ n });
    const noted = await verify();
    if ('fault' in noted) throw new Error(noted.fault);
    await record({ n: 4 });
    const verifier = service.app.get(AuditVerifier);
    expect(await verifier.verify(noted)).toMatchObject({ seq: 4 });

    await service.query('DELETE FROM audit_events');
    await service.query('UPDATE audit_chain_head SET seq = 0, hash = ?', ['0'.repeat(64)]);
    expect(await verifier.verify(noted)).toEqual({ seq: 1, id: null, fault: 'is missing' });
    for (let n = 1; n <= 4; n++) await record({ n: n * 10 });
    expect(await verify()).toMatchObject({ seq: 4 });
    expect(await verifier.verify(noted)).toMatchObject({ seq: 3, fault: 'is another one than was noted' });
  });

  it('writes nothing more once its end is lost, rather than begin again', async () => {
    await service.api.register(ada).expect(201);
    await service.query('DELETE FROM audit_chain_head');
    await service.api.login(ada).expect(500);
    expect(await rows()).toHaveLength(1);
  });
});

describe('erasing the personal data of a user', () => {
  let service: TestApp;
  let admin: string;
  let userId: string;
  const redact = (more?: () => Promise<void>) =>
    service.app.get(UnitOfWork).run(async (manager) => {
      const trail = service.app.get(AuditTrail);
      await trail.redact(manager, userId);
      await trail.record(manager, { type: 'user_disabled', userId, personal: { username: 'ada' } });
      await more?.();
    });

  beforeAll(async () => {
    service = await TestApp.start({ settings: { TRUST_PROXY: 'loopback' } });
  });
  beforeEach(async () => {
    await removeUsers(service);
    await emptyAuditTrail(service);
    admin = await signInAdmin(service);
    await service.api.register(ada).set('X-Forwarded-For', '203.0.113.7').expect(201);
    await service.api.register(grace).set('X-Forwarded-For', '198.51.100.1').expect(201);
    await service.api.login(ada).set({ 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'ada-browser' });
    userId = (await service.app.get(UsersService).findByUsername('ada'))!.id;
  });
  afterAll(() => service.stop());

  it('takes them out of every event of theirs, also of those of the same unit, and the chain still holds', async () => {
    const hashes = () => service.query('SELECT seq, hash FROM audit_events WHERE seq <= 5 ORDER BY seq');
    const before = await hashes();
    await redact();
    const kept = JSON.stringify(await service.query('SELECT * FROM audit_events'));
    for (const personal of ['203.0.113.7', 'ada-browser', '"ada"', 'ada\\"'])
      expect(kept).not.toContain(personal);
    expect(kept).toContain('198.51.100.1');
    expect(await hashes()).toEqual(before);
    expect(await service.app.get(AuditVerifier).verify()).toMatchObject({ seq: 7, erased: 4 });

    const { events } = await listEvents(service, admin, { user_id: userId });
    expect(events.map(({ type, ip, details }) => [type, ip, details])).toEqual([
      ['user_disabled', null, {}],
      ['personal_data_erased', null, {}],
      ['signed_in', null, { session_id: expect.any(String) as string }],
      ['user_registered', null, { roles: ['user'] }],
    ]);
  });

  it('takes them out of what the user did to others too, and leaves the rest of it', async () => {
    const other = (await service.app.get(UsersService).findByUsername('grace'))!.id;
    await service.api
      .patch(`/users/${other}`, { disabled: true }, admin)
      .set('X-Forwarded-For', '203.0.113.99')
      .expect(200);
    userId = claimsOf(admin).sub!;
    await redact();
    const { events } = await listEvents(service, admin, { type: 'user_disabled' });
    expect(events.map(({ actor_id, ip }) => [actor_id, ip])).toEqual([
      [null, null],
      [userId, null],
    ]);
    expect(JSON.stringify(await service.query('SELECT * FROM audit_events'))).not.toContain('203.0.113.99');
    expect(await service.app.get(AuditVerifier).verify()).not.toHaveProperty('fault');
  });

  it('is undone with its unit', async () => {
    await expect(redact(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const report = await service.app.get(AuditVerifier).verify();
    expect(report).toMatchObject({ seq: 5, erased: 0 });
    expect(JSON.stringify(await service.query('SELECT * FROM audit_events'))).toContain('203.0.113.7');
  });

  it('finds an alteration that pretends to be one', async () => {
    await redact();
    const graceId = (await service.app.get(UsersService).findByUsername('grace'))!.id;
    await service.query('UPDATE audit_events SET personal = NULL, salt = NULL WHERE user_id = ?', [graceId]);
    expect(await service.app.get(AuditVerifier).verify()).toMatchObject({
      seq: 4,
      fault: 'has lost its personal data, and no event says why',
    });
  });
});

describe('events that were there before the chain', () => {
  it('are its first, as they stood, and can be taken back', async () => {
    let service = await TestApp.start();
    const database = service.app.get(DataSource);
    const isChained = async () => (await tablesOf(service)).includes('audit_chain_head');
    const undo = async () => {
      while (await isChained()) await database.undoLastMigration();
    };
    await undo();
    for (let n = 1; n <= 1003; n++)
      await service.query(
        'INSERT INTO audit_events (at, type, user_id, ip, details) VALUES (?, ?, ?, ?, ?)',
        [
          1000 + n,
          n === 3 ? 'refresh_token_reused' : 'signed_in',
          `user-${String(n)}`,
          n % 2 === 0 ? '203.0.113.7' : null,
          `{"n": ${String(n)}}`,
        ],
      );
    const former = await service.query('SELECT * FROM audit_events ORDER BY id');
    await database.runMigrations();
    await undo();
    expect(await service.query('SELECT * FROM audit_events ORDER BY id')).toEqual(former);

    const folder = await service.stopAndKeep();
    service = await TestApp.start({ folder });
    expect(await service.app.get(AuditVerifier).verify()).toMatchObject({ seq: 1003, erased: 0 });
    const admin = await signInAdmin(service);
    expect((await listEvents(service, admin, { type: 'refresh_token_reused' })).events).toMatchObject([
      { user_id: 'user-3', outcome: 'failure', ip: null, details: { n: 3 } },
    ]);
    expect(await service.app.get(AuditVerifier).verify()).toMatchObject({ seq: 1005 });
    await service.stop();
  });
});
