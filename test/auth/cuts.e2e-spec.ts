import { join } from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { AccountCommands } from '../../src/cli/account-commands.js';
import { Denylist } from '../../src/tokens/denylist.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { signUp, signUpAdmin, type SignedIn } from '../support/admins.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { ada, grace } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const holds = 'holds';
/** Sessions of an account; `TEST_SESSIONS` sets more. */
const MANY = Number(process.env['TEST_SESSIONS'] ?? 1200);

/** What becomes of each credential: the reason that it is refused with, or that it holds. */
interface Fates {
  /** An access token of this session that another has followed. */
  readonly earlier: string;
  readonly access: string;
  readonly refresh: string;
  readonly otherAccess: string;
  readonly otherRefresh: string;
}

type Credentials = Record<keyof Fates, string>;

interface Scene {
  readonly service: TestApp;
  readonly admin: SignedIn;
  readonly userId: string;
  /** The session that acts, and another of the same user. */
  readonly mine: TokenPair;
  readonly other: TokenPair;
  /** What `mine` came of: its refresh token is spent. */
  readonly first: TokenPair;
  /** Somebody else. */
  readonly stranger: TokenPair;
}

const all = (reason: string): Fates => ({ ...session(reason), ...others(reason) });
const session = (reason: string) => ({ earlier: reason, access: reason, refresh: reason });
const others = (reason: string) => ({ otherAccess: reason, otherRefresh: reason });
const thisSession = (reason: string): Fates => ({ ...all(holds), ...session(reason) });
const otherSessions = (reason: string): Fates => ({ ...all(holds), ...others(reason) });

/** A new way to cut is one more row: what is done, and what becomes of every credential. */
const triggers: [string, (scene: Scene) => Promise<unknown>, Fates][] = [
  [
    'POST /logout',
    ({ service: { api }, mine }) => api.post('/logout', undefined, mine.access_token).expect(204),
    thisSession('logout'),
  ],
  [
    'POST /logout-all',
    ({ service: { api }, mine }) => api.post('/logout-all', undefined, mine.access_token).expect(204),
    all('logout'),
  ],
  [
    'DELETE /access-revoke',
    ({ service: { api }, mine }) => api.delete('/access-revoke', mine.access_token).expect(200),
    { ...all(holds), access: 'revoked' },
  ],
  [
    'DELETE /refresh-revoke',
    ({ service: { api }, mine }) => api.delete('/refresh-revoke', mine.refresh_token).expect(200),
    { ...all(holds), refresh: 'revoked' },
  ],
  [
    'POST /revoke with an access token',
    ({ service: { api }, mine }) => api.postForm('/revoke', { token: mine.access_token }).expect(200),
    { ...all(holds), access: 'revoked' },
  ],
  [
    'POST /revoke with a refresh token',
    ({ service: { api }, mine }) => api.postForm('/revoke', { token: mine.refresh_token }).expect(200),
    thisSession('revoked'),
  ],
  [
    'POST /reauthenticate',
    ({ service: { api }, mine }) =>
      api.post('/reauthenticate', { password: ada.password }, mine.access_token).expect(200),
    { ...all(holds), access: 'reauthenticated' },
  ],
  [
    'DELETE /users/me/sessions/:id, of this one',
    ({ service: { api }, mine }) =>
      api.delete(`/users/me/sessions/${sidOf(mine)}`, mine.access_token).expect(204),
    thisSession('session_ended'),
  ],
  [
    'DELETE /users/me/sessions/:id, of another',
    ({ service: { api }, mine, other }) =>
      api.delete(`/users/me/sessions/${sidOf(other)}`, mine.access_token).expect(204),
    otherSessions('session_ended'),
  ],
  [
    'DELETE /users/me/sessions',
    ({ service: { api }, mine }) => api.delete('/users/me/sessions', mine.access_token).expect(204),
    otherSessions('session_ended'),
  ],
  [
    'POST /users/me/password',
    ({ service: { api }, mine }) =>
      api
        .post(
          '/users/me/password',
          { current_password: ada.password, new_password: 'a wholly different phrase' },
          mine.access_token,
        )
        .expect(204),
    otherSessions('password_changed'),
  ],
  [
    'a reuse of a refresh token',
    async ({ service: { api, clock }, mine, first }) => {
      // Used, so that the client is known to hold what came of the spent token.
      await api.get('/protected', mine.access_token).expect(200);
      clock.pass(11);
      expect(refusal(await api.refresh(first.refresh_token))).toEqual({
        status: 401,
        error: 'refresh_token_reused',
      });
    },
    thisSession('refresh_reuse'),
  ],
  [
    'POST /password/reset',
    async ({ service, mine }) => {
      const { api, folder } = service;
      await api.patch('/users/me', { email: 'ada@example.org' }, mine.access_token).expect(200);
      await api.post('/password/forgot', { email: 'ada@example.org' }).expect(202);
      const mailbox = new Mailbox(join(folder, 'outbox'));
      const token = tokenIn(await mailbox.take('Set a new password', 'ada@example.org'));
      await api.post('/password/reset', { token, new_password: 'a wholly different phrase' }).expect(204);
    },
    all('password_changed'),
  ],
  [
    'PATCH /users/me',
    ({ service: { api }, mine }) =>
      api
        .patch('/users/me', { username: 'countess', email: 'ada@example.org' }, mine.access_token)
        .expect(200),
    all(holds),
  ],
  [
    'DELETE /users/me',
    ({ service: { api }, mine }) =>
      api.delete('/users/me', mine.access_token, { password: ada.password }).expect(204),
    all('account_deleted'),
  ],
  [
    'PATCH /users/:id that disables',
    ({ service: { api }, admin, userId }) =>
      api.patch(`/users/${userId}`, { disabled: true }, admin.access_token).expect(200),
    all('account_disabled'),
  ],
  [
    'PATCH /users/:id that takes a role away',
    ({ service: { api }, admin, userId }) =>
      api.patch(`/users/${userId}`, { roles: ['user'] }, admin.access_token).expect(200),
    all('admin'),
  ],
  [
    'PATCH /users/:id that gives a role',
    ({ service: { api }, admin, userId }) =>
      api
        .patch(`/users/${userId}`, { roles: ['user', 'introspect', 'admin'] }, admin.access_token)
        .expect(200),
    all(holds),
  ],
  [
    'PATCH /users/:id that changes the email',
    ({ service: { api }, admin, userId }) =>
      api.patch(`/users/${userId}`, { email: 'ada@example.org' }, admin.access_token).expect(200),
    all(holds),
  ],
  [
    'DELETE /users/:id/sessions',
    ({ service: { api }, admin, userId }) =>
      api.delete(`/users/${userId}/sessions`, admin.access_token).expect(204),
    all('admin'),
  ],
  [
    'DELETE /users/:id',
    ({ service: { api }, admin, userId }) => api.delete(`/users/${userId}`, admin.access_token).expect(204),
    all('account_deleted'),
  ],
  ['user disable', ({ service }) => commands(service).disable('ada'), all('account_disabled')],
  ['user delete', ({ service }) => commands(service).delete('ada'), all('account_deleted')],
  [
    'user password',
    ({ service }) => commands(service).setPassword('ada', 'a wholly different phrase'),
    all('admin'),
  ],
];

const commands = ({ app }: TestApp) => new AccountCommands(app);
const sidOf = ({ access_token }: TokenPair) => String(claimsOf(access_token)['sid']);

async function setScene(service: TestApp): Promise<Scene> {
  const { api } = service;
  await removeUsers(service);
  const admin = await signUpAdmin(service, grace);
  const { id: userId } = await signUp(service, ada);
  await api.patch(`/users/${userId}`, { roles: ['user', 'introspect'] }, admin.access_token).expect(200);
  const first = await api.signIn(ada);
  const mine = await api.renew(first.refresh_token);
  const other = await api.signIn(ada);
  const stranger = await api.signUp({ ...ada, username: 'stranger' });
  return { service, admin, userId, first, mine, other, stranger };
}

/** Gives the user so many sessions more. @returns their ids */
async function addSessions({ service, userId }: Scene, count: number): Promise<string[]> {
  const prefix = `${userId.slice(0, 8)}-`;
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(count)})`;
  const id = `'${prefix}' || CAST(i AS varchar(10))`;
  const [now, later] = [service.clock.now().getTime(), service.clock.now().getTime() + 86_400_000].map(
    String,
  );
  await service.query(
    `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, auth_time)
     ${numbers} SELECT ${id}, '${userId}', ${now!}, ${now!}, ${later!}, ${now!} FROM n`,
  );
  await service.query(
    `INSERT INTO refresh_tokens (jti, session_id, issued_at, expires_at, access_jti, access_expires_at)
     ${numbers} SELECT ${id}, ${id}, ${now!}, ${later!}, ${id}, ${later!} FROM n`,
  );
  return Array.from({ length: count }, (_, n) => `${prefix}${String(n + 1)}`);
}

function credentialsOf({ first, mine, other }: Scene): Credentials {
  return {
    earlier: first.access_token,
    access: mine.access_token,
    refresh: mine.refresh_token,
    otherAccess: other.access_token,
    otherRefresh: other.refresh_token,
  };
}

/** What the next request with each credential is told. */
async function fatesOf({ api }: TestApp, credentials: Credentials): Promise<Fates> {
  const ask = async (kind: keyof Fates) => {
    const token = credentials[kind];
    const refreshes = kind === 'refresh' || kind === 'otherRefresh';
    const { status, body } = await (refreshes ? api.refresh(token) : api.get('/protected', token));
    if (status === 200) return holds;
    expect({ status, ...(body as object) }).toMatchObject({ status: 401, error: 'token_revoked' });
    return (body as { reason: string }).reason;
  };
  return {
    earlier: await ask('earlier'),
    access: await ask('access'),
    refresh: await ask('refresh'),
    otherAccess: await ask('otherAccess'),
    otherRefresh: await ask('otherRefresh'),
  };
}

describe('what a cut leaves of every credential', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  it.each(triggers)('%s, at once and after a restart', async (_, fire, fates) => {
    const scene = await setScene(service);
    const credentials = credentialsOf(scene);
    await fire(scene);
    expect(await fatesOf(service, credentials)).toEqual(fates);
    for (const { access_token, refresh_token } of [scene.stranger, scene.admin]) {
      await service.api.get('/protected', access_token).expect(200);
      await service.api.renew(refresh_token);
    }

    service = await TestApp.start({ folder: await service.stopAndKeep() });
    // A refresh token that held was spent, and gets the same successor once more.
    expect(await fatesOf(service, credentials)).toEqual(fates);
  });

  // Of 100,000 sessions each way takes some ten seconds.
  const ofManySessions = triggers.filter(
    ([name, , { otherRefresh }]) => otherRefresh !== holds && !name.includes('sessions/:id, of another'),
  );

  it.each(ofManySessions)(
    '%s, where the account has very many sessions, and others are not held up',
    async (_, fire, fates) => {
      const scene = await setScene(service);
      const { api } = service;
      const credentials = credentialsOf(scene);
      const sessionIds = await addSessions(scene, MANY);
      const done = 'done';
      const cut = Promise.resolve(fire(scene)).then(() => done);
      do {
        const { access_token } = await api.signIn({ ...ada, username: 'stranger' });
        await api.get('/protected', access_token).expect(200);
      } while ((await Promise.race([cut, othersTurn()])) !== done);
      expect(await fatesOf(service, credentials)).toEqual(fates);
      const live = 'SELECT id FROM sessions WHERE user_id = ? AND ended_at IS NULL LIMIT 10';
      const kept = fates.refresh === holds ? [{ id: sidOf(scene.mine) }] : [];
      expect(await service.query(live, [scene.userId])).toEqual(kept);
      for (const sid of [sessionIds[0]!, sessionIds[MANY / 2]!, sessionIds.at(-1)!])
        expect(await service.app.get(Denylist).find('access', { jti: '-', sid })).toBe(fates.otherRefresh);
    },
    600_000,
  );
});
