import { AuditTrail } from '../../src/audit/audit-trail.js';
import { AccountsService } from '../../src/auth/accounts.service.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { KeyRotationService } from '../../src/tokens/key-rotation.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { UserExportService } from '../../src/users/transfer/user-export.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { listEvents, newestEvent, refuseEvents, root, signInAdmin } from '../support/audit.js';
import { emptyAuditTrail } from '../support/empty-audit-trail.js';
import { importUsers } from '../support/import-users.js';
import { ada, grace } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf, headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const wrong = 'not the password of anybody';
const home = '203.0.113.7';
const agent = 'A browser/1.0';

describe('the audit trail', () => {
  let service: TestApp;
  let admin: string;
  let pair: TokenPair;
  let userId: string;

  const from = (path: string, body?: object, token?: string) =>
    service.api.post(path, body, token).set({ 'X-Forwarded-For': home, 'User-Agent': agent });
  const newest = (type: string) => newestEvent(service, admin, type);
  const types = async () => (await listEvents(service, admin)).events.map(({ type }) => type).reverse();

  beforeAll(async () => {
    service = await TestApp.start({ settings: { TRUST_PROXY: 'loopback' } });
  });
  beforeEach(async () => {
    await removeUsers(service);
    await emptyAuditTrail(service);
    admin = await signInAdmin(service);
    pair = await service.api.signUp(ada);
    userId = claimsOf(pair.access_token).sub!;
  });
  afterAll(() => service.stop());

  it('says who signed in, from where, when and how it went', async () => {
    service.clock.pass(7);
    const answer = await from('/login', ada).set('X-Request-Id', 'the-request').expect(200);
    expect(await newest('signed_in')).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      type: 'signed_in',
      outcome: 'success',
      user_id: userId,
      actor_id: null,
      ip: home,
      user_agent: agent,
      request_id: 'the-request',
      created_at: service.clock.now().toISOString(),
      details: { session_id: claimsOf((answer.body as TokenPair).access_token)['sid'] },
    });
  });

  it('has an address of IPv4 as such where a socket for both versions shows it, as have sessions and the log', async () => {
    const mapped = { 'X-Forwarded-For': `::ffff:${home}` };
    const { body } = await service.api.login(ada).set(mapped).expect(200);
    expect(await newest('signed_in')).toMatchObject({ ip: home });
    const { access_token } = body as TokenPair;
    const sessions = await service.api.get('/users/me/sessions', access_token).set(mapped).expect(200);
    const own = { ip: home, current: true };
    expect((sessions.body as { sessions: object[] }).sessions).toContainEqual(expect.objectContaining(own));
    expect(service.logLines.at(-1)).toMatchObject({ path: '/users/me/sessions', ip: home });
  });

  it.each<[string, (password: string) => ReturnType<typeof from>]>([
    ['/login', (password) => from('/login', { username: 'ADA', password })],
    ['/token', (password) => from('/token').type('form').send({ username: 'ada', password })],
  ])('has a wrong password at %s, with the user that it was tried on', async (_, attempt) => {
    await attempt(wrong).expect(401);
    expect(await newest('sign_in_failed')).toMatchObject({
      outcome: 'failure',
      user_id: userId,
      actor_id: null,
      ip: home,
      user_agent: agent,
      details: { reason: 'wrong_password' },
    });
  });

  it('has a sign-in to an account that does not exist, without what was typed', async () => {
    await from('/login', { username: 'my-secret-typed-by-mistake', password: wrong }).expect(401);
    expect(await newest('sign_in_failed')).toMatchObject({
      user_id: null,
      ip: home,
      details: { reason: 'unknown_user' },
    });
    const rows = JSON.stringify(await service.query('SELECT * FROM audit_events'));
    expect(rows).not.toContain('by-mistake');
  });

  it('writes as much for an account that does not exist as for one that does', async () => {
    const events = async () => (await listEvents(service, admin, { limit: 100 })).events.length;
    const before = await events();
    await from('/login', { ...ada, password: wrong }).expect(401);
    const known = (await events()) - before;
    await from('/login', { username: 'nobody', password: wrong }).expect(401);
    expect([known, (await events()) - before - known]).toEqual([1, 1]);
  });

  it('has the right password of a disabled account as a failure', async () => {
    await service.app.get(AccountsService).disable((await service.app.get(UsersService).find(userId))!);
    await from('/login', ada).expect(403);
    expect(await newest('sign_in_failed')).toMatchObject({
      user_id: userId,
      outcome: 'failure',
      details: { reason: 'account_disabled' },
    });
  });

  it('has a sign-in that a change of the password overtook as a failure, and no session of it', async () => {
    const users = service.app.get(UsersService);
    const check = users.checkCredentials.bind(users);
    jest.spyOn(users, 'checkCredentials').mockImplementationOnce(async (...credentials) => {
      const checked = await check(...credentials);
      const user = await users.require(userId);
      await service.app.get(AccountsService).setPassword(user, 'an entirely different phrase');
      return checked;
    });
    await from('/login', ada).expect(401);
    expect(await newest('sign_in_failed')).toMatchObject({
      user_id: userId,
      details: { reason: 'password_changed' },
    });
    expect((await listEvents(service, admin, { type: 'signed_in', user_id: userId })).events).toHaveLength(1);
  });

  it('has the password that was given again, right and wrong', async () => {
    await from('/reauthenticate', { password: wrong }, pair.access_token).expect(401);
    expect(await newest('reauthentication_failed')).toMatchObject({
      user_id: userId,
      actor_id: null,
      ip: home,
      outcome: 'failure',
      details: { reason: 'wrong_password' },
    });
    await from('/reauthenticate', { password: ada.password }, pair.access_token).expect(200);
    expect(await newest('reauthenticated')).toMatchObject({ user_id: userId, ip: home, outcome: 'success' });
  });

  it('has a change of the password, and a wrong one that was given for it', async () => {
    const change = (current_password: string) =>
      from('/users/me/password', { current_password, new_password: 'another phrase now' }, pair.access_token);
    await change(wrong).expect(401);
    expect(await newest('reauthentication_failed')).toMatchObject({ user_id: userId, ip: home });
    await change(ada.password).expect(204);
    expect(await newest('password_changed')).toMatchObject({ user_id: userId, ip: home, outcome: 'success' });
  });

  it('has the cut of a session, with what it ended', async () => {
    await from('/logout', undefined, pair.access_token).expect(204);
    expect(await newest('sessions_ended')).toMatchObject({
      user_id: userId,
      actor_id: null,
      ip: home,
      outcome: 'success',
      details: { reason: 'logout', sessions: 1, refresh_tokens: 1, access_tokens: 1 },
    });
  });

  it('has the reuse of a refresh token, and the revocation of an access token', async () => {
    const next = await service.api.renew(pair.refresh_token);
    await service.api.delete('/access-revoke', next.access_token).set('X-Forwarded-For', home).expect(200);
    expect(await newest('token_revoked')).toMatchObject({
      user_id: userId,
      ip: home,
      details: { token_type: 'access', jti: claimsOf(next.access_token).jti },
    });
    await service.api.renew(next.refresh_token);
    await service.api.refresh(pair.refresh_token).set('X-Forwarded-For', home).expect(401);
    expect(await newest('refresh_token_reused')).toMatchObject({
      user_id: userId,
      ip: home,
      outcome: 'failure',
    });
  });

  it('has a registration, with the name as something that can be erased', async () => {
    await from('/register', grace).expect(201);
    const event = await newest('user_registered');
    expect(event).toMatchObject({ ip: home, details: { roles: ['user'], username: 'grace' } });
    const [row] = await service.query<Record<string, string>>('SELECT * FROM audit_events WHERE id = ?', [
      event?.id,
    ]);
    expect(row!['personal']).toContain('grace');
    expect(JSON.stringify({ ...row, personal: null })).not.toContain('grace');
  });

  it('names who did it where that is another, and does not tell the user from where', async () => {
    await service.api
      .patch(`/users/${userId}`, { disabled: true }, admin)
      .set({ 'X-Forwarded-For': home, 'User-Agent': agent })
      .expect(200);
    const actor_id = claimsOf(admin).sub;
    for (const type of ['user_disabled', 'sessions_ended'])
      expect(await newest(type)).toMatchObject({ user_id: userId, actor_id, ip: home });
    await service.app.get(AccountsService).enable((await service.app.get(UsersService).find(userId))!);
    const again = await service.api.signIn(ada);
    const { events } = (await service.api.get('/users/me/security-events', again.access_token)).body as {
      events: { type: string }[];
    };
    expect(events.find(({ type }) => type === 'user_disabled')).toMatchObject({ ip: null, user_agent: null });
  });

  it('has what no request asked for without an address and without an actor', async () => {
    const user = (await service.app.get(UsersService).find(userId))!;
    const accounts = service.app.get(AccountsService);
    await accounts.disable(user);
    await accounts.enable(user);
    await accounts.setPassword(user, 'an entirely different phrase');
    await importUsers(service, [{ username: 'x-1', password: 'hush' }]);
    await service.app.get(UserExportService).export().next();
    const keys = service.app.get(KeyRotationService);
    const ring = await keys.rotate({ force: true });
    const { kid } = ring.find(({ stage }) => stage === 'previous')!;
    await keys.retire(kid, { force: true });
    // The token of the admin is good for as long as the service has not taken the change of its keys up.
    await until(async () => {
      admin = (await service.api.signIn(root)).access_token;
      return headerOf(admin).kid !== kid;
    });
    const nobody = { actor_id: null, ip: null, user_agent: null, request_id: null, outcome: 'success' };
    for (const type of ['user_disabled', 'user_enabled', 'password_set'])
      expect(await newest(type)).toMatchObject({ ...nobody, user_id: userId });
    for (const type of ['users_imported', 'users_exported', 'signing_key_rotated', 'signing_key_retired'])
      expect(await newest(type)).toMatchObject({ ...nobody, user_id: null });
  });

  it('has nothing of a unit of work that fails, not even where the failure comes after the event', async () => {
    const before = await types();
    const failing = service.app.get(UnitOfWork).run(async (manager) => {
      await service.app.get(AuditTrail).record(manager, { type: 'user_enabled', userId });
      throw new Error('too late');
    });
    await expect(failing).rejects.toThrow('too late');
    await service.api.register(ada).expect(409);
    expect(await types()).toEqual(before);
  });

  it('keeps no change that it cannot write down', async () => {
    const allow = await refuseEvents(service);
    await service.api.post('/logout', undefined, pair.access_token).expect(500);
    const rotated = service.app.get(KeyRotationService).rotate({ force: true });
    await expect(rotated).rejects.toThrow('full');
    await allow();
    await service.api.get('/protected', pair.access_token).expect(200);
    const ring = await service.app.get(KeyRotationService).list();
    expect(ring.map(({ stage }) => stage)).toEqual(['current', 'next']);
  });

  it('holds no token and no password in any row', async () => {
    const secrets = [pair.access_token, pair.refresh_token, ada.password, wrong, root.password, admin];
    await from('/login', { ...ada, password: wrong }).expect(401);
    await from('/reauthenticate', { password: wrong }, pair.access_token).expect(401);
    const fresh = await from('/reauthenticate', { password: ada.password }, pair.access_token).expect(200);
    const { access_token } = fresh.body as TokenPair;
    const next = await service.api.renew(pair.refresh_token);
    await from('/users/me/password', {
      current_password: ada.password,
      new_password: 'another phrase now',
    })
      .set('Authorization', `Bearer ${access_token}`)
      .expect(204);
    await service.api.postForm('/revoke', { token: next.refresh_token }).expect(200);
    secrets.push(access_token, next.refresh_token, next.access_token, 'another phrase now');
    const rows = JSON.stringify(await service.query('SELECT * FROM audit_events'));
    for (const secret of secrets) {
      expect(rows).not.toContain(secret);
      expect(rows).not.toContain(secret.split('.')[2] ?? secret);
    }
    expect(rows).not.toContain('argon2');
  });
});

describe('the audit trail of refused requests', () => {
  let service: TestApp;
  let admin: string;
  const throttled = async () => (await listEvents(service, admin, { type: 'throttled' })).events;

  const start = async (settings: Record<string, string>) => {
    service = await TestApp.start({ settings: { TRUST_PROXY: 'loopback', ...settings } });
    admin = await signInAdmin(service);
    await service.api.register(ada).set('X-Forwarded-For', '198.51.100.1').expect(201);
  };
  const guess = (username: string, ip = home) =>
    service.api.login({ username, password: wrong }).set('X-Forwarded-For', ip);
  afterEach(() => service.stop());

  it('has one event a window for each counter, however often it refuses', async () => {
    await start({ THROTTLE_LOGIN: '3 per minute' });
    for (let tries = 0; tries < 20; tries++) await guess('ada');
    const [ofAda, ...others] = await throttled();
    expect(others).toEqual([]);
    const { id } = (await service.app.get(UsersService).findByUsername('ada'))!;
    expect(ofAda).toMatchObject({
      outcome: 'failure',
      user_id: id,
      actor_id: null,
      ip: home,
      details: { route: 'POST /login', limit: 3, seconds: 60 },
    });
    await guess('nobody');
    for (let tries = 0; tries < 20; tries++) await guess('nobody');
    expect((await throttled()).map(({ user_id }) => user_id)).toEqual([null, id]);
    service.clock.pass(61);
    for (let tries = 0; tries < 20; tries++) await guess('ada');
    expect(await throttled()).toHaveLength(3);
  });

  it('has one where many are refused at once', async () => {
    await start({ THROTTLE_LOGIN: '3 per minute' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => guess('ada')));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17);
    expect(await throttled()).toHaveLength(1);
    expect((await listEvents(service, admin, { type: 'sign_in_failed' })).events).toHaveLength(3);
  });

  it('names the user whose session has reached a limit', async () => {
    await start({ THROTTLE_LOGIN: '2 per minute' });
    const { access_token } = await service.api.signIn(ada);
    for (let tries = 0; tries < 3; tries++)
      await service.api.post('/reauthenticate', { password: wrong }, access_token);
    const [event] = await throttled();
    expect(event).toMatchObject({
      user_id: claimsOf(access_token).sub,
      details: { route: 'POST /reauthenticate' },
    });
  });

  it('names nobody where anything but a password was asked for too often', async () => {
    await start({ THROTTLE_DEFAULT: '5 per minute' });
    const answers = [];
    for (let tries = 0; tries < 9; tries++)
      answers.push(await service.api.register(ada).set('X-Forwarded-For', home));
    expect(answers.at(-1)?.status).toBe(429);
    service.clock.pass(61);
    const events = await throttled();
    expect(events).toMatchObject([
      { user_id: null, ip: home, details: { route: 'POST /register', limit: 5 } },
    ]);
  });
});
