import { AccountCommands } from '../../src/cli/account-commands.js';
import { UserDirectory } from '../../src/users/user-directory.service.js';
import { UsersService } from '../../src/users/users.service.js';
import type { UserPage, UserProfile } from '../../src/users/user-profile.js';
import { refusal } from '../support/api-client.js';
import { signUp, signUpAdmin, type SignedIn } from '../support/admins.js';
import { ada, grace } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const forbidden = { status: 403, error: 'forbidden' };
const notFound = { status: 404, error: 'not_found' };
const lastAdmin = { status: 409, error: 'last_admin' };
const unknownIds = [
  '6f0d3bd1-63a4-4f0e-9d5c-000000000000',
  'ada',
  '0',
  "'%20OR%201=1--",
  '%F0%9F%98%80',
  'x'.repeat(90),
];
const edsger = { username: 'edsger', password: 'goto is harmful, they say' };

let service: TestApp;
let admin: SignedIn;

const patch = (id: string, change: object, token = admin.access_token) =>
  service.api.patch(`/users/${id}`, change, token);
const remove = (id: string, token = admin.access_token) => service.api.delete(`/users/${id}`, token);
const list = async (query = '') =>
  (await service.api.get(`/users${query}`, admin.access_token).expect(200)).body as UserPage;
const namesOf = ({ users }: UserPage) => users.map(({ username }) => username);

beforeAll(async () => {
  service = await TestApp.start();
});
beforeEach(async () => {
  await removeUsers(service);
  admin = await signUpAdmin(service, grace);
});
afterAll(() => service.stop());

describe('the administration', () => {
  it('is closed to everybody but admins, and changes nothing for them', async () => {
    const user = await signUp(service, ada);
    await patch(user.id, { roles: ['user', 'introspect'] }).expect(200);
    const { access_token } = await service.api.signIn(ada);
    expect(refusal(await service.api.get('/users', access_token))).toEqual(forbidden);
    expect(refusal(await service.api.get(`/users/${user.id}`, access_token))).toEqual(forbidden);
    expect(refusal(await patch(user.id, { roles: ['admin'] }, access_token))).toEqual(forbidden);
    expect(refusal(await remove(admin.id, access_token))).toEqual(forbidden);
    expect(refusal(await remove(`${admin.id}/sessions`, access_token))).toEqual(forbidden);
    expect(refusal(await service.api.get('/users', admin.refresh_token))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
    expect(namesOf(await list())).toEqual(['ada', 'grace']);
  });

  it.each(unknownIds)('finds no user %s', async (id) => {
    expect(refusal(await service.api.get(`/users/${id}`, admin.access_token))).toEqual(notFound);
    expect(refusal(await patch(id, { disabled: true }))).toEqual(notFound);
    expect(refusal(await remove(id))).toEqual(notFound);
    expect(refusal(await remove(`${id}/sessions`))).toEqual(notFound);
  });

  it('shows a user as the contract has one', async () => {
    const now = service.clock.now().toISOString();
    const { id } = await signUp(service, { ...ada, email: 'Ada@example.org' });
    expect((await service.api.get(`/users/${id}`, admin.access_token).expect(200)).body).toEqual({
      id,
      username: 'ada',
      email: 'Ada@example.org',
      email_verified: false,
      pending_email: null,
      roles: ['user'],
      disabled: false,
      created_at: now,
      updated_at: now,
    });
  });
});

describe('the list of users', () => {
  const create = (username: string, email?: string) =>
    service.app.get(UsersService).create({ username, passwordHash: 'unusable', email });

  const walk = async (
    limit: number,
    between: (page: number) => Promise<unknown> = () => Promise.resolve(),
  ) => {
    const names: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null; page++) {
      const answer = await list(`?limit=${String(limit)}${cursor && `&cursor=${cursor}`}`);
      expect(answer.users.length).toBeLessThanOrEqual(limit);
      names.push(...namesOf(answer));
      cursor = answer.next_cursor;
      await between(page);
    }
    return names;
  };

  it('has everybody once, by name without case, in pages of any size', async () => {
    for (const name of ['bob', 'Alice', 'carol', 'ALBERT', 'Bo.b', 'bo_b', 'bo-b']) await create(name);
    const inOrder = ['ALBERT', 'Alice', 'bo-b', 'Bo.b', 'bo_b', 'bob', 'carol', 'grace'];
    for (const limit of [1, 2, 3, 4, 8, 100]) expect(await walk(limit)).toEqual(inOrder);
  });

  it('gives fifty at once unless it is asked for another number', async () => {
    for (let n = 0; n < 60; n++) await create(`user-${String(n).padStart(2, '0')}`);
    const first = await list();
    expect(first.users).toHaveLength(50);
    const second = await list(`?cursor=${String(first.next_cursor)}`);
    expect(second.users).toHaveLength(11);
    expect(second.next_cursor).toBeNull();
    expect((await list('?limit=61')).next_cursor).toBeNull();
  });

  it('shows whoever stays once, while others come and go between the pages', async () => {
    const staying = Array.from({ length: 10 }, (_, n) => `stay-${String(n)}`);
    for (const name of staying) await create(name);
    const leaving = await Promise.all(['stay-0a', 'stay-3a', 'stay-9a'].map((name) => create(name)));
    const names = await walk(2, async (page) => {
      await create(`aaa-${String(page)}`);
      await create(`stay-5-${String(page)}`);
      const gone = leaving.pop();
      if (gone) await remove(gone.id).expect(204);
    });
    expect(names.filter((name) => staying.includes(name))).toEqual(staying);
    expect(new Set(names).size).toBe(names.length);
  });

  it('goes on after a user who was the last of a page and is gone', async () => {
    const [alice] = [await create('alice'), await create('bob')];
    const { next_cursor } = await list('?limit=1');
    await remove(alice.id).expect(204);
    expect(namesOf(await list(`?limit=1&cursor=${String(next_cursor)}`))).toEqual(['bob']);
  });

  it('can be searched by a part of the username or of the email address, in any case', async () => {
    await create('Alice', 'wonder@example.org');
    await create('bob', 'Bob.Liddell@Example.org');
    expect(namesOf(await list('?query=LIC'))).toEqual(['Alice']);
    expect(namesOf(await list('?query=liddell%40EXAMPLE'))).toEqual(['bob']);
    expect(namesOf(await list('?query=example.org'))).toEqual(['Alice', 'bob', 'grace']);
    expect(namesOf(await list('?query=nobody'))).toEqual([]);
    expect(namesOf(await list('?query='))).toEqual(['Alice', 'bob', 'grace']);
  });

  it('keeps to the search from page to page', async () => {
    for (const name of ['fox-1', 'hen-1', 'fox-2', 'hen-2', 'fox-3']) await create(name);
    const first = await list('?query=fox&limit=2');
    expect(namesOf(first)).toEqual(['fox-1', 'fox-2']);
    const second = await list(`?query=fox&limit=2&cursor=${String(first.next_cursor)}`);
    expect(second).toMatchObject({ users: [{ username: 'fox-3' }], next_cursor: null });
  });

  it.each([
    ['%25', ['per-cent']],
    ['_', ['under_score']],
    ['\\', ['back-slash']],
    ['%EF%BC%85', ['per-cent']],
    ["'", []],
    ['%25_', []],
  ])('takes %s in a search for itself, not for a wildcard', async (query, found) => {
    await create('per-cent', '100%@example.org');
    await create('under_score');
    await create('back-slash', '"a\\\\b"@example.org');
    await create('plain');
    expect(namesOf(await list(`?query=${query}`))).toEqual(found);
  });

  it.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '-1'],
    ['limit', '1.5'],
    ['limit', '1e1'],
    ['limit', ''],
    ['limit', 'ten'],
    ['limit', '5&limit=6'],
    ['cursor', ''],
    ['cursor', 'garbage'],
    ['cursor', Buffer.from('ada').toString('base64url')],
    ['cursor', Buffer.from('events ada').toString('base64url')],
    ['cursor', Buffer.from('users a\0').toString('base64url')],
    ['cursor', `${Buffer.from('users ada').toString('base64url')}=`],
    ['cursor', 'x'.repeat(600)],
    ['query', 'x'.repeat(255)],
    ['query', '%00'],
    ['query', 'a&query=b'],
    ['offset', '3'],
  ])('refuses %s=%s, and names the field', async (field, value) => {
    const answer = await service.api.get(`/users?${field}=${value}`, admin.access_token);
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    expect(answer.body).toMatchObject({ details: [{ field }] });
  });
});

describe('changing a user', () => {
  let user: SignedIn;

  beforeEach(async () => {
    user = await signUp(service, { ...ada, email: 'ada@example.org' });
  });

  it('answers with the user as stored, and leaves alone what is not named', async () => {
    service.clock.pass(60);
    const now = service.clock.now().toISOString();
    const { body } = await patch(user.id, { roles: ['introspect', 'user'] }).expect(200);
    expect(body).toMatchObject({
      id: user.id,
      email: 'ada@example.org',
      roles: ['introspect', 'user'],
      disabled: false,
      updated_at: now,
    });
    expect((await service.api.get(`/users/${user.id}`, admin.access_token)).body).toEqual(body);
  });

  it('shows a role that was given in the next access token, and lets it in', async () => {
    await patch(user.id, { roles: ['user', 'admin'] }).expect(200);
    expect(refusal(await service.api.get('/users', user.access_token))).toEqual(forbidden);
    const { access_token } = await service.api.renew(user.refresh_token);
    expect(claimsOf(access_token)['roles']).toEqual(['user', 'admin']);
    await service.api.get('/users', access_token).expect(200);
  });

  it('lets nobody use a role that was taken away, whatever a live access token says', async () => {
    const other = await signUpAdmin(service, edsger);
    await patch(other.id, { roles: ['user'] }).expect(200);
    const answer = await service.api.get('/users', other.access_token);
    expect(answer.body).toMatchObject({ statusCode: 401, error: 'token_revoked', reason: 'admin' });
    const { access_token } = await service.api.signIn(edsger);
    expect(refusal(await service.api.get('/users', access_token))).toEqual(forbidden);
  });

  it('ends no session where the roles stay the same in another order', async () => {
    await patch(user.id, { roles: ['user', 'introspect'] }).expect(200);
    await patch(user.id, { roles: ['introspect', 'user'] }).expect(200);
    await service.api.get('/protected', user.access_token).expect(200);
  });

  it('keeps a disabled user out, and lets an enabled one in again', async () => {
    expect((await patch(user.id, { disabled: true }).expect(200)).body).toMatchObject({ disabled: true });
    expect(refusal(await service.api.login(ada))).toEqual({ status: 403, error: 'account_disabled' });
    await patch(user.id, { disabled: false }).expect(200);
    await service.api.signIn(ada);
    expect(refusal(await service.api.refresh(user.refresh_token))).toEqual({
      status: 401,
      error: 'token_revoked',
    });
  });

  it('counts a changed email as unverified, and the same one as it was', async () => {
    const verify = () => service.query('UPDATE users SET email_verified = TRUE WHERE id = ?', [user.id]);
    const change = async (email: string | null) =>
      (await patch(user.id, { email }).expect(200)).body as UserProfile;
    await verify();
    expect(await change('ada@example.org')).toMatchObject({ email_verified: true });
    expect(await change('countess@example.org')).toMatchObject({
      email: 'countess@example.org',
      email_verified: false,
    });
    await verify();
    expect(await change(null)).toMatchObject({ email: null, email_verified: false });
    await service.api.login({ ...ada, username: 'countess@example.org' }).expect(401);
    service.clock.pass(900);
    await service.api.register({ ...edsger, email: 'countess@example.org' }).expect(201);
  });

  it('refuses an email address that is taken, whatever its case, and changes nothing else', async () => {
    const answer = await patch(user.id, { email: 'GRACE@example.org', disabled: true });
    expect(refusal(answer)).toEqual({ status: 409, error: 'user_exists' });
    await service.api.get('/protected', user.access_token).expect(200);
    await service.api.signIn(ada);
  });

  it.each([
    ['no field', {}, 'body'],
    ['an unknown field', { username: 'countess' }, 'username'],
    ['a field that an admin may not set', { email_verified: true }, 'email_verified'],
    ['no roles', { roles: [] }, 'roles'],
    ['roles of null', { roles: null }, 'roles'],
    ['an unknown role', { roles: ['user', 'king'] }, 'roles'],
    ['a role twice', { roles: ['user', 'user'] }, 'roles'],
    ['a role that is no text', { roles: [1] }, 'roles'],
    ['roles in a list in a list', { roles: [['admin']] }, 'roles'],
    ['a text of roles', { roles: 'admin' }, 'roles'],
    ['a text for a flag', { disabled: 'true' }, 'disabled'],
    ['null for a flag', { disabled: null }, 'disabled'],
    ['no email address', { email: 'ada' }, 'email'],
    ['an empty email address', { email: '' }, 'email'],
  ])('refuses %s', async (_, change, field) => {
    const answer = await patch(user.id, change);
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    expect(answer.body).toMatchObject({ details: [{ field }] });
    await service.api.get('/protected', user.access_token).expect(200);
  });

  it('is in the audit trail, with who did it and no address', async () => {
    await patch(user.id, { roles: ['user', 'introspect'], email: null, disabled: true }).expect(200);
    await remove(`${user.id}/sessions`).expect(204);
    const events = await service.query<{ type: string; details: string }>(
      "SELECT type, details FROM audit_events WHERE user_id = ? AND type <> 'signed_in' ORDER BY seq",
      [user.id],
    );
    expect(events.slice(1).map(({ type, details }) => [type, JSON.parse(details) as unknown])).toEqual([
      ['roles_changed', { from: ['user'], to: ['user', 'introspect'] }],
      ['user_disabled', {}],
      ['email_changed', {}],
      ['sessions_ended', { reason: 'account_disabled', sessions: 1, refresh_tokens: 1, access_tokens: 1 }],
    ]);
    expect(JSON.stringify(events)).not.toContain('example.org');
  });
});

describe('the last enabled admin', () => {
  const ways: [string, (id: string, token: string) => PromiseLike<{ status: number; body: unknown }>][] = [
    ['demoted', (id, token) => patch(id, { roles: ['user'] }, token)],
    ['disabled', (id, token) => patch(id, { disabled: true }, token)],
    ['deleted', (id, token) => remove(id, token)],
  ];

  it.each(ways)('cannot be %s', async (_, end) => {
    expect(refusal((await end(admin.id, admin.access_token)) as never)).toEqual(lastAdmin);
    await service.api.get('/users', admin.access_token).expect(200);
    await service.api.renew(admin.refresh_token);
  });

  it('cannot delete the own account', async () => {
    const answer = await service.api.delete('/users/me', admin.access_token, { password: grace.password });
    expect(refusal(answer)).toEqual(lastAdmin);
    await service.api.get('/users', admin.access_token).expect(200);
  });

  it.each(['disable', 'delete'] as const)('cannot be removed by the command user %s', async (command) => {
    const commands = new AccountCommands(service.app);
    await expect(commands[command]('grace')).rejects.toMatchObject({ code: 'last_admin' });
    await service.api.get('/users', admin.access_token).expect(200);
  });

  it.each(ways)('is the last one though another is disabled, and cannot be %s', async (_, end) => {
    const other = await signUpAdmin(service, edsger);
    await patch(other.id, { disabled: true }).expect(200);
    expect(refusal((await end(admin.id, admin.access_token)) as never)).toEqual(lastAdmin);
  });

  it.each(ways)('may be %s as soon as there is another', async (_, end) => {
    await signUpAdmin(service, edsger);
    expect((await end(admin.id, admin.access_token)).status).toBeLessThan(300);
    expect((await service.api.get('/users', admin.access_token)).status).toBe(401);
  });

  it('may change whatever leaves an enabled admin', async () => {
    await patch(admin.id, { roles: ['admin', 'introspect'], disabled: false, email: null }).expect(200);
  });

  it.each(ways)('is left when two admins have each other %s at the same moment', async (_, end) => {
    for (let round = 0; round < 10; round++) {
      const rival = await signUpAdmin(service, { ...edsger, username: `rival-${String(round)}` });
      const answers = await Promise.all([
        end(rival.id, admin.access_token),
        end(admin.id, rival.access_token),
      ]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect([401, 409]).toContain(answers.find(({ status }) => status >= 300)?.status);
      const { users } = await service.app.get(UserDirectory).page({ limit: 100 });
      const left = users.filter(({ disabled, roles }) => !disabled && roles.includes('admin'));
      expect(left).toHaveLength(1);
      if (left[0]?.id === rival.id) admin = rival;
    }
  });

  it('of two who end each other under the eyes of a third, only one wins', async () => {
    const rivals = [
      await signUpAdmin(service, edsger),
      await signUpAdmin(service, { ...ada, username: 'lovelace' }),
    ] as const;
    const answers = await Promise.all([
      patch(rivals[0].id, { roles: ['user'] }, rivals[1].access_token),
      patch(rivals[1].id, { roles: ['user'] }, rivals[0].access_token),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect([401, 403]).toContain(answers.find(({ status }) => status !== 200)?.status);
  });
});
