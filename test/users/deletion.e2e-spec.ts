import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccountDeletionService } from '../../src/auth/account-deletion.service.js';
import { AuditVerifier } from '../../src/audit/audit-verifier.js';
import { refusal } from '../support/api-client.js';
import { signUp, signUpAdmin, type SignedIn } from '../support/admins.js';
import { itOnSqlite } from '../support/it-on-sqlite.js';
import { tablesOf } from '../support/look-into.js';
import { ada, grace } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';

const countess = { ...ada, username: 'Augusta.Ada', email: 'countess.lovelace@example.org' };
const ACCESS_TTL = 900;
const userAgent = 'Analytical-Engine/1843';

/** What most tests share. */
let shared: TestApp;
let service: TestApp;
let user: SignedIn;

const deleteOwn = (token?: string, body: object = { password: ada.password }) =>
  service.api.delete('/users/me', token, body);
const told = async (ask: PromiseLike<{ status: number; body: unknown }>) => {
  const { status, body } = await ask;
  const { error, reason } = body as { error?: string; reason?: string };
  return { status, error, reason };
};
const deleted = { status: 401, error: 'token_revoked', reason: 'account_deleted' };

beforeAll(async () => {
  shared = await TestApp.start();
});
beforeEach(async () => {
  service = shared;
  await removeUsers(service);
  user = await signUp(service, countess);
});
afterAll(() => shared.stop());

describe('deleting the own account', () => {
  it('ends every session, and leaves nobody to sign in', async () => {
    const other = await service.api.signIn(countess);
    const answer = await deleteOwn(user.access_token).expect(204);
    expect(answer.text).toBe('');
    for (const { access_token, refresh_token } of [user, other]) {
      expect(await told(service.api.get('/users/me', access_token))).toEqual(deleted);
      expect(await told(service.api.refresh(refresh_token))).toEqual(deleted);
      expect(await told(service.api.delete('/refresh-revoke', refresh_token))).toEqual(deleted);
    }
    expect(refusal(await service.api.login(countess))).toEqual({ status: 401, error: 'invalid_credentials' });
    expect(await told(deleteOwn(user.access_token))).toEqual(deleted);
  });

  it('wants the password, and deletes nothing without it', async () => {
    const wrong = await deleteOwn(user.access_token, { password: 'a guess' });
    expect(refusal(wrong)).toEqual({ status: 401, error: 'invalid_credentials' });
    for (const body of [{}, { password: '' }, { password: 1 }, { password: ada.password, force: true }]) {
      const answer = await deleteOwn(user.access_token, body);
      expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    }
    await service.api.renew(user.refresh_token);
    await service.api.signIn(countess);
  });

  it('wants a fresh token', async () => {
    service.clock.pass(301);
    expect(refusal(await deleteOwn(user.access_token))).toEqual({
      status: 401,
      error: 'fresh_token_required',
    });
    expect(refusal(await deleteOwn())).toEqual({ status: 401, error: 'token_missing' });
    await service.api.signIn(countess);
  });

  it('counts a wrong password as a failed sign-in', async () => {
    service = await TestApp.start({ settings: { THROTTLE_LOGIN: '5 per minute' } });
    user = await signUp(service, countess);
    for (let tries = 0; tries < 5; tries++)
      await deleteOwn(user.access_token, { password: 'a guess' }).expect(401);
    await deleteOwn(user.access_token).expect(429);
    await service.stop();
  });

  it('is done once, however many ask at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => deleteOwn(user.access_token)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(4);
  });

  it('leaves no live token to a sign-in or a refresh that it races', async () => {
    for (let round = 0; round < 20; round++) {
      const person = { ...ada, username: `racer-${String(round)}` };
      const mine = await service.api.signUp(person);
      const [gone, signedIn, refreshed] = await Promise.all([
        deleteOwn(mine.access_token),
        service.api.login(person),
        service.api.refresh(mine.refresh_token),
      ]);
      expect(gone.status).toBe(204);
      for (const { status, body } of [signedIn, refreshed]) {
        if (status !== 200) continue;
        const { access_token, refresh_token } = body as Record<string, string>;
        expect(await told(service.api.get('/protected', access_token))).toEqual(deleted);
        expect(await told(service.api.refresh(refresh_token!))).toEqual(deleted);
      }
    }
  });
});

describe('the tokens of a deleted account', () => {
  it('are refused with the reason until they expire, though nothing of the user is kept', async () => {
    await deleteOwn(user.access_token).expect(204);
    service.clock.pass(899);
    await service.sweep();
    expect(await told(service.api.get('/protected', user.access_token))).toEqual(deleted);
    service.clock.pass(2_592_000 - 900);
    await service.sweep();
    expect(await told(service.api.refresh(user.refresh_token))).toEqual(deleted);
    service.clock.pass(1);
    await service.sweep();
    expect(await told(service.api.refresh(user.refresh_token))).toMatchObject({ error: 'token_expired' });
    expect(await service.query('SELECT * FROM revoked_tokens')).toEqual([]);
  });

  it('are refused with the reason where the denylist is not asked, too', async () => {
    service = await TestApp.start({ settings: { DENYLIST_TOKEN_CHECKS: '' } });
    user = await signUp(service, countess);
    await deleteOwn(user.access_token).expect(204);
    expect(await told(service.api.refresh(user.refresh_token))).toEqual(deleted);
    expect(await told(service.api.get('/users/me', user.access_token))).toEqual(deleted);
    await service.stop();
  });

  it('are not active for a service that asks', async () => {
    const admin = await signUpAdmin(service, grace);
    await service.app.get(AccountDeletionService).delete(user.id);
    for (const token of [user.access_token, user.refresh_token]) {
      const answer = await service.api
        .postForm('/introspect', { token })
        .set('Authorization', `Bearer ${admin.access_token}`);
      expect(answer.body).toEqual({ active: false });
    }
  });

  it('are refused still when the name is registered again, by somebody else', async () => {
    await deleteOwn(user.access_token).expect(204);
    service.clock.pass(ACCESS_TTL);
    const successor = await signUp(service, { ...countess, password: 'another person altogether' });
    expect(successor.id).not.toBe(user.id);
    expect(await told(service.api.refresh(user.refresh_token))).toEqual(deleted);
    const { body } = await service.api.get('/users/me/sessions', successor.access_token).expect(200);
    expect((body as { sessions: object[] }).sessions).toHaveLength(1);
    expect(refusal(await service.api.login(countess))).toEqual({ status: 401, error: 'invalid_credentials' });
  });
});

describe('after a deletion', () => {
  // These tests read the whole database and its file, where other tests would leave the same names.
  beforeEach(async () => {
    service = await TestApp.start();
    user = await signUp(service, countess);
  });
  afterEach(() => service.stop());

  /** Signs in as a client of its own, and leaves traces wherever there are any. */
  const leaveTraces = async () => {
    const signIn = service.api
      .post('/login', { username: countess.email, password: ada.password })
      .set('User-Agent', userAgent);
    const { body } = await signIn.expect(200);
    const { access_token, refresh_token } = body as SignedIn;
    await service.api.refresh(refresh_token).set('User-Agent', userAgent).expect(200);
    await service.api.delete('/access-revoke', access_token).expect(200);
    await service.api.login({ ...countess, password: 'a guess' }).expect(401);
  };
  const traces = [countess.username, countess.email, 'lovelace', userAgent, '127.0.0.1'];

  it('no table has anything of the user in it, but the audit trail the id', async () => {
    await leaveTraces();
    const dump = async () => {
      const tables = (await tablesOf(service)).filter((name) => name !== 'audit_events');
      expect(tables.length).toBeGreaterThanOrEqual(5);
      const rows = await Promise.all(tables.map((name) => service.query(`SELECT * FROM "${name}"`)));
      return JSON.stringify(rows).toLowerCase();
    };
    const before = await dump();
    for (const trace of [...traces, user.id]) expect(before).toContain(trace.toLowerCase());
    await deleteOwn(user.access_token).expect(204);
    const after = await dump();
    for (const trace of [...traces, user.id]) expect(after).not.toContain(trace.toLowerCase());
    const trail = JSON.stringify(await service.query('SELECT * FROM audit_events')).toLowerCase();
    expect(trail).toContain(user.id);
    for (const trace of traces) expect(trail).not.toContain(trace.toLowerCase());
    expect(await service.app.get(AuditVerifier).verify()).toHaveProperty('erased');
  });

  itOnSqlite('PostgreSQL itself decides when the space of a deleted row is written over')(
    'the file itself has no trace of the user, once the service has stopped',
    async () => {
      await leaveTraces();
      const file = join(service.folder, 'gatehouse.sqlite');
      const bytes = () => readFileSync(file).toString('latin1').toLowerCase();
      const found = traces.slice(0, 4).map((trace) => trace.toLowerCase());
      service = await TestApp.start({ folder: await service.stopAndKeep() });
      expect(found.filter((trace) => bytes().includes(trace))).toEqual(found);
      await deleteOwn(user.access_token).expect(204);
      service = await TestApp.start({ folder: await service.stopAndKeep() });
      expect(found.filter((trace) => bytes().includes(trace))).toEqual([]);
    },
  );

  it('the audit trail says that it was, with how many sessions it cut, and no name', async () => {
    await deleteOwn(user.access_token).expect(204);
    const events = await service.query<{ type: string; details: string }>(
      'SELECT type, details FROM audit_events WHERE user_id = ? ORDER BY seq DESC LIMIT 3',
      [user.id],
    );
    expect(events.map(({ type, details }) => [type, JSON.parse(details) as unknown])).toEqual([
      ['personal_data_erased', {}],
      ['user_deleted', {}],
      ['sessions_ended', { reason: 'account_deleted', sessions: 1, refresh_tokens: 1, access_tokens: 1 }],
    ]);
    const details = JSON.stringify(await service.query('SELECT details FROM audit_events'));
    expect(details).not.toMatch(/countess|lovelace/);
  });
});
