import type { Response } from 'supertest';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { SpentTokens } from '../../src/tokens/spent-tokens.js';
import { signUp, signUpAdmin, type SignedIn } from '../support/admins.js';
import type { ApiClient } from '../support/api-client.js';
import { CostMeter } from '../support/cost-meter.js';
import { readDocument, tableRows } from '../support/documents.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { ada, grace, type Person } from '../support/people.js';
import { isOnPostgres } from '../support/stores.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const { password } = ada;
const sessionIn = ({ access_token }: SignedIn) => String(claimsOf(access_token)['sid']);
const another = 'quite another phrase';

/** The parties of one request. Each request has users of its own, so that all of them can share a service. */
interface Scene {
  readonly api: ApiClient;
  readonly login: Pick<Person, 'username' | 'password'>;
  readonly email: string;
  readonly user: SignedIn;
  /** Another session of the same user. */
  readonly other: SignedIn;
  readonly admin: SignedIn;
  /** Waits for the mail that a route sends, and gives the token of its link. */
  readonly mailed: (subject: string, path: string, body: object, token?: string) => Promise<string>;
}

type Ask = (scene: Scene) => PromiseLike<Response>;

/** A request to each route, by somebody who was seen before. */
const requests: Record<string, Ask> = {
  'GET /protected': ({ api, user }) => api.get('/protected', user.access_token),
  'GET /users/me': ({ api, user }) => api.get('/users/me', user.access_token),
  'POST /register': ({ api }) => api.register({ username: 'somebody', password }),
  'POST /login': ({ api, login }) => api.login(login),
  'POST /token (password)': ({ api, login }) => api.postForm('/token', { grant_type: 'password', ...login }),
  'POST /token (refresh_token)': ({ api, user }) =>
    api.postForm('/token', { grant_type: 'refresh_token', refresh_token: user.refresh_token }),
  'POST /refresh': ({ api, user }) => api.refresh(user.refresh_token),
  'POST /reauthenticate': ({ api, user }) => api.post('/reauthenticate', { password }, user.access_token),
  'POST /logout': ({ api, user }) => api.post('/logout', undefined, user.access_token),
  'POST /logout-all': ({ api, user }) => api.post('/logout-all', undefined, user.access_token),
  'DELETE /access-revoke': ({ api, user }) => api.delete('/access-revoke', user.access_token),
  'DELETE /refresh-revoke': ({ api, user }) => api.delete('/refresh-revoke', user.refresh_token),
  'POST /revoke': ({ api, user }) => api.postForm('/revoke', { token: user.refresh_token }),
  'POST /introspect': ({ api, user, admin }) =>
    api
      .postForm('/introspect', { token: user.access_token })
      .set('Authorization', `Bearer ${admin.access_token}`),
  'PATCH /users/me': ({ api, user }) => api.patch('/users/me', { username: 'lovelace' }, user.access_token),
  'POST /users/me/password': ({ api, user }) =>
    api.post('/users/me/password', { current_password: password, new_password: another }, user.access_token),
  'DELETE /users/me': ({ api, user }) => api.delete('/users/me', user.access_token, { password }),
  'GET /users/me/export': ({ api, user }) => api.get('/users/me/export', user.access_token),
  'GET /users/me/sessions': ({ api, user }) => api.get('/users/me/sessions', user.access_token),
  'DELETE /users/me/sessions': ({ api, user }) => api.delete('/users/me/sessions', user.access_token),
  'DELETE /users/me/sessions/:id': ({ api, user, other }) =>
    api.delete(`/users/me/sessions/${sessionIn(other)}`, user.access_token),
  'GET /users/me/security-events': ({ api, user }) => api.get('/users/me/security-events', user.access_token),
  'POST /email/verify/request': ({ api, user }) =>
    api.post('/email/verify/request', undefined, user.access_token),
  'POST /email/verify': async ({ api, user, mailed }) =>
    api.post('/email/verify', {
      token: await mailed('Confirm your email address', '/email/verify/request', {}, user.access_token),
    }),
  'POST /password/forgot': ({ api, email }) => api.post('/password/forgot', { email }),
  'POST /password/reset': async ({ api, email, mailed }) =>
    api.post('/password/reset', {
      token: await mailed('Set a new password', '/password/forgot', { email }),
      new_password: another,
    }),
  'GET /users': ({ api, admin }) => api.get('/users', admin.access_token),
  'GET /users/:id': ({ api, admin, user }) => api.get(`/users/${user.id}`, admin.access_token),
  'PATCH /users/:id': ({ api, admin, user }) =>
    api.patch(`/users/${user.id}`, { disabled: true }, admin.access_token),
  'DELETE /users/:id': ({ api, admin, user }) => api.delete(`/users/${user.id}`, admin.access_token),
  'DELETE /users/:id/sessions': ({ api, admin, user }) =>
    api.delete(`/users/${user.id}/sessions`, admin.access_token),
  'GET /audit-events': ({ api, admin }) => api.get('/audit-events', admin.access_token),
};

describe('a request', () => {
  let service: TestApp;
  let meter: CostMeter;
  let box: Mailbox;
  let scenes: Map<string, Scene>;

  const makeScene = async (name: string, admin: SignedIn): Promise<Scene> => {
    const { api } = service;
    const login = { username: name, password };
    const email = `${name}@example.org`;
    const user = await signUp(service, { ...login, email });
    const other = Object.assign(await api.signIn(login), { id: user.id });
    await api.get('/protected', user.access_token).expect(200);
    const mailed: Scene['mailed'] = async (subject, path, body, token) => {
      await api.post(path, body, token).expect(202);
      const mail = tokenIn(await box.take(subject, email));
      await settle();
      return mail;
    };
    return { api, login, email, admin, user, other, mailed };
  };

  /** Waits for the work that earlier requests left to be done: a request that shares a commit with it seems cheaper. */
  const settle = async () => {
    await until(async () => (await service.query('SELECT id FROM outbound_mails')).length === 0);
    await service.app.get(SpentTokens).forget();
    await service.app.get(UnitOfWork).runStatement(() => Promise.resolve());
  };
  const countAcknowledged = async () =>
    (await service.query('SELECT jti FROM refresh_tokens WHERE acknowledged_at IS NOT NULL')).length;

  beforeAll(async () => {
    service = await TestApp.start();
    meter = new CostMeter(service);
    box = new Mailbox(`${service.folder}/outbox`);
    const admin = await signUpAdmin(service, grace);
    await service.api.get('/protected', admin.access_token).expect(200);
    const names = Object.keys(requests);
    const made = await Promise.all(names.map((_, n) => makeScene(`ada-${String(n)}`, admin)));
    scenes = new Map(names.map((name, n) => [name, made[n]!]));
    // Taken out: a later link makes this one void, and the clock stands still, so that no order tells them apart.
    for (const { email } of made) await box.take('Confirm your email address', email);
    // Each of them has shown an access token.
    await until(async () => (await countAcknowledged()) === made.length + 1);
  });
  beforeEach(() => settle());
  afterAll(async () => {
    meter.stop();
    await service.stop();
  });

  const documented = new Map(
    tableRows(readDocument('docs/performance.md'), '## What a request costs')
      .filter((row) => requests[row[0]!] !== undefined)
      .map(([route, ...cells]) => [route!, cells.map(Number)]),
  );

  it('of every kind is in the document', () => {
    expect([...documented.keys()]).toEqual(Object.keys(requests));
  });

  it.each(Object.keys(requests))('%s costs what the document says', async (route) => {
    const answer = await requests[route]!(scenes.get(route)!);
    expect(answer.status).toBeLessThan(300);
    const [onSqlite, commits, hashes, onPostgres, commitsThere, redis] = documented.get(route) ?? [];
    expect(meter.costOf(answer)).toEqual(
      isOnPostgres
        ? { statements: onPostgres, commits: commitsThere, hashes, redis }
        : { statements: onSqlite, commits, hashes, redis: 0 },
    );
  });
});
