import { DataSource } from 'typeorm';
import { refuseEvents } from '../support/audit.js';
import { ApiClient, refusal } from '../support/api-client.js';
import { signUp, signUpAdmin } from '../support/admins.js';
import { parseExposition, valueOf } from '../support/exposition.js';
import { freePort } from '../support/free-port.js';
import { ada, grace, type Person } from '../support/people.js';
import { TestApp, type TestAppOptions } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const TOKEN = 'a-token-for-prometheus';
const wrong = { ...ada, password: 'not the password' };

const read = async (service: TestApp, path = '/metrics') =>
  (await service.api.get(path, TOKEN).expect(200)).text;

describe('the metrics', () => {
  let service: TestApp;
  const start = async (settings: Record<string, string> = {}, options: TestAppOptions = {}) => {
    service = await TestApp.start({ ...options, settings: { METRICS_TOKEN: TOKEN, ...settings } });
  };
  /** The metrics when the test began, where it shares its service with others. */
  let before: string;
  let person: Person;
  let count = 0;
  const share = async (shared: TestApp) => {
    service = shared;
    before = await read(service);
    person = { ...ada, username: `ada-${String(++count)}` };
  };
  const value = async (name: string, labels: Record<string, string> = {}) =>
    valueOf(await read(service), `gatehouse_${name}`, labels);

  /** By how much a value has grown since the test began. */
  const growth = async (name: string, labels: Record<string, string> = {}) =>
    (await value(name, labels)) - valueOf(before, `gatehouse_${name}`, labels);

  describe('where they are served', () => {
    afterEach(() => service.stop());

    it('are not there unless a setting asks for them', async () => {
      service = await TestApp.start();
      expect(refusal(await service.api.get('/metrics', TOKEN))).toEqual({ status: 404, error: 'not_found' });
    });

    it('are for the holder of METRICS_TOKEN, and for nobody else', async () => {
      await start();
      const { access_token } = await service.api.signUp(ada);
      const missing = await service.api.get('/metrics');
      expect(refusal(missing)).toEqual({ status: 401, error: 'token_missing' });
      expect(missing.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
      for (const other of [`${TOKEN}x`, TOKEN.slice(0, -1), TOKEN.toUpperCase(), 'é', access_token]) {
        const refused = await service.api.get('/metrics', other);
        expect(refusal(refused)).toEqual({ status: 401, error: 'token_invalid' });
        expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
      }
      const answer = await service.api.get('/metrics', TOKEN).expect(200);
      expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-store');
      // Who may read the metrics is nobody to the service.
      expect(refusal(await service.api.get('/protected', TOKEN)).status).toBe(401);
    });

    it('are not refused to a scrape by the limit that a flood has reached', async () => {
      await start({ THROTTLE_DEFAULT: '1 per minute' });
      await service.api.get('/welcome').expect(200);
      await service.api.get('/welcome').expect(429);
      expect(await value('http_refusals_total', { route: '/welcome', code: 'rate_limited' })).toBe(1);
      expect(await value('audit_events_total', { type: 'throttled' })).toBe(1);
    });

    it('follow API_PREFIX, and so do the routes they tell of', async () => {
      await start({ API_PREFIX: 'api' });
      await service.api.get('/api/welcome').expect(200);
      const text = await read(service, '/api/metrics');
      const labels = { method: 'GET', route: '/api/welcome', status: '200' };
      expect(valueOf(text, 'gatehouse_http_requests_total', labels)).toBe(1);
      expect((await service.api.get('/metrics', TOKEN)).status).toBe(404);
    });

    it('leave no trace of the token in the log, right or wrong', async () => {
      await start({ LOG_LEVEL: 'trace' });
      await service.api.get('/metrics', TOKEN).expect(200);
      await service.api.get('/metrics', 'a-guess-that-is-wrong').expect(401);
      await service.api.get(`/metrics?token=${TOKEN}`).expect(401);
      expect(service.log).toContain('/metrics');
      expect(service.log).not.toContain(TOKEN);
      expect(service.log).not.toContain('a-guess-that-is-wrong');
    });
  });

  describe('on a port of their own', () => {
    let port: number;
    let own: ApiClient;
    beforeEach(async () => {
      port = await freePort();
      own = new ApiClient(`http://127.0.0.1:${String(port)}`);
    });

    it('are all that there is, and are not on the port of the service', async () => {
      service = await TestApp.start({ settings: { METRICS_PORT: String(port) } });
      const answer = await own.get('/metrics').expect(200);
      expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(parseExposition(answer.text).has('gatehouse_build_info')).toBe(true);
      for (const path of ['/', '/welcome', '/metrics/', '/health/live', '/docs'])
        expect(refusal(await own.get(path))).toEqual({ status: 404, error: 'not_found' });
      expect(refusal(await own.post('/metrics', {}))).toEqual({ status: 404, error: 'not_found' });
      expect((await service.api.get('/metrics')).status).toBe(404);
      await service.stop();
    });

    it('ask for the token there too, where one is set', async () => {
      await start({ METRICS_PORT: String(port) });
      expect(refusal(await own.get('/metrics'))).toEqual({ status: 401, error: 'token_missing' });
      expect(refusal(await own.get('/metrics', `${TOKEN}x`))).toEqual({
        status: 401,
        error: 'token_invalid',
      });
      await own.get('/metrics', TOKEN).expect(200);
      await service.api.get('/metrics', TOKEN).expect(200);
      await service.stop();
    });

    it('end with the service, also while somebody holds a connection to them', async () => {
      service = await TestApp.start({ settings: { METRICS_PORT: String(port) } });
      await fetch(`http://127.0.0.1:${String(port)}/metrics`);
      await service.stop();
      await expect(own.get('/metrics')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });
  });

  describe('what they count', () => {
    let shared: TestApp;

    beforeAll(async () => {
      shared = await TestApp.start({ settings: { METRICS_TOKEN: TOKEN } });
    });
    beforeEach(() => share(shared));
    afterEach(async () => {
      if (service !== shared) await service.stop();
    });
    afterAll(() => shared.stop());

    it('are requests by method, route and status, and how long they took', async () => {
      const { access_token } = await service.api.signUp(person);
      for (let n = 0; n < 3; n++) await service.api.get('/protected', access_token).expect(200);
      await service.api.get('/protected').expect(401);
      const route = { method: 'GET', route: '/protected' };
      expect(await growth('http_requests_total', { ...route, status: '200' })).toBe(3);
      expect(await growth('http_requests_total', { ...route, status: '401' })).toBe(1);
      expect(await growth('http_request_duration_seconds_count', route)).toBe(4);
      expect(await growth('http_request_duration_seconds_sum', route)).toBeGreaterThan(0);
      expect(await growth('http_refusals_total', { route: '/protected', code: 'token_missing' })).toBe(1);
    });

    it('are sign-ins by outcome, by whatever route', async () => {
      const admin = await signUpAdmin(service, { username: 'root', password: grace.password });
      const { id } = await signUp(service, ada);
      const { username, password } = ada;
      await service.api.postForm('/token', { username, password }).expect(200);
      await service.api.login(wrong).expect(401);
      await service.api.postForm('/token', { ...wrong, grant_type: 'password' }).expect(400);
      await service.api.login({ username: 'nobody', password }).expect(401);
      await service.api.patch(`/users/${id}`, { disabled: true }, admin.access_token).expect(200);
      await service.api.login(ada).expect(403);
      const outcomes = ['success', 'wrong_password', 'unknown_user', 'account_disabled'];
      const counted = await Promise.all(outcomes.map((outcome) => growth('sign_ins_total', { outcome })));
      expect(counted).toEqual([3, 2, 1, 1]);
      const refused = { route: '/token', code: 'invalid_credentials' };
      expect(await growth('http_refusals_total', refused)).toBe(1);
    });

    it('are refreshes by outcome: rotated, repeated and reused', async () => {
      const refreshes = () =>
        Promise.all(
          ['rotated', 'repeated', 'reused'].map((outcome) => growth('refreshes_total', { outcome })),
        );
      expect(await refreshes()).toEqual([0, 0, 0]);
      const first = await service.api.signUp(person);
      const second = await service.api.renew(first.refresh_token);
      await service.api.renew(first.refresh_token);
      await service.api.renew(second.refresh_token);
      expect(await refreshes()).toEqual([2, 1, 0]);
      await service.api.refresh(first.refresh_token).expect(401);
      expect(await refreshes()).toEqual([2, 1, 1]);
      expect(await growth('audit_events_total', { type: 'refresh_token_reused' })).toBe(1);
      expect(await growth('sessions_ended_total', { reason: 'refresh_reuse' })).toBe(1);

      await service.api.refresh(second.refresh_token).expect(401);
      const { refresh_token } = second;
      await service.api.postForm('/token', { grant_type: 'refresh_token', refresh_token }).expect(400);
      expect(await refreshes()).toEqual([2, 1, 1]);
      expect(await growth('http_refusals_total', { route: '/refresh', code: 'token_revoked' })).toBe(1);
      expect(await growth('http_refusals_total', { route: '/token', code: 'token_revoked' })).toBe(1);
    });

    it('are one rotation and as many repetitions as there are others, when refreshes race', async () => {
      const { refresh_token } = await service.api.signUp(person);
      await Promise.all(Array.from({ length: 20 }, () => service.api.renew(refresh_token)));
      expect(await growth('refreshes_total', { outcome: 'rotated' })).toBe(1);
      expect(await growth('refreshes_total', { outcome: 'repeated' })).toBe(19);
    });

    it('are sessions that were cut, by reason, and the entries on the denylist', async () => {
      const { access_token } = await service.api.signUp(person);
      await service.api.signIn(person);
      await service.api.signIn(person);
      expect(await growth('denylist_entries')).toBe(0);
      await service.api.delete('/users/me/sessions', access_token).expect(204);
      await service.api.post('/logout', undefined, access_token).expect(204);
      expect(await growth('sessions_ended_total', { reason: 'session_ended' })).toBe(2);
      expect(await growth('sessions_ended_total', { reason: 'logout' })).toBe(1);
      expect(await growth('denylist_entries')).toBe(3);
    });

    it('are not what was rolled back', async () => {
      await service.api.signUp(person);
      const allowEvents = await refuseEvents(service);
      await service.api.login(person).expect(500);
      await allowEvents();
      expect(await growth('sign_ins_total', { outcome: 'success' })).toBe(1);
      expect(await growth('database_failures_total', { operation: 'insert' })).toBe(1);
      expect(await growth('http_refusals_total', { route: '/login', code: 'internal_error' })).toBe(1);
    });

    it('are the password hashes that were refused, and none is left running', async () => {
      await start({ PASSWORD_HASH_QUEUE: '0' });
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) => service.api.register({ ...ada, username: `ada-${String(n)}` })),
      );
      const refused = answers.filter(({ status }) => status === 503).length;
      expect(refused).toBeGreaterThan(0);
      expect(await value('password_hashes_refused_total')).toBe(refused);
      expect(await value('password_hashes', { state: 'running' })).toBe(0);
      expect(await value('password_hashes', { state: 'waiting' })).toBe(0);
      expect(await value('http_refusals_total', { route: '/register', code: 'overloaded' })).toBe(refused);
    });

    it('are mails sent', async () => {
      const email = `${person.username}@example.org`;
      await service.api.register({ ...person, email }).expect(201);
      await service.api.post('/password/forgot', { email }).expect(202);
      await until(async () => (await growth('mails_total', { outcome: 'sent' })) > 0);
      await until(async () => (await value('mails_waiting')) === 0);
    });

    it('are mails that could not be sent, and that wait', async () => {
      await start({ SMTP_URL: `smtp://127.0.0.1:${String(await freePort())}` });
      await service.api.register(grace).expect(201);
      await service.api.post('/password/forgot', { email: grace.email }).expect(202);
      await until(async () => (await value('mails_total', { outcome: 'failed' })) > 0);
      expect(await value('mails_waiting')).toBeGreaterThan(0);
    });

    it('are statements by operation', async () => {
      await start();
      const commits = () => value('database_statement_duration_seconds_count', { operation: 'commit' });
      const known = await commits();
      await service.api.register(ada).expect(201);
      expect(await commits()).toBe(known + 1);
      const inserts = { operation: 'insert' };
      expect(await value('database_statement_duration_seconds_count', inserts)).toBeGreaterThan(0);
    });

    it('are told all the same while the database does not answer', async () => {
      await service.api.signUp(person);
      await service.app.get(DataSource).query('ALTER TABLE outbound_mails RENAME TO gone');
      const families = parseExposition(await read(service));
      expect(families.get('gatehouse_mails_waiting')?.samples).toEqual([]);
      expect(families.get('gatehouse_denylist_entries')?.samples).toHaveLength(1);
      await service.app.get(DataSource).query('ALTER TABLE gone RENAME TO outbound_mails');
      expect(parseExposition(await read(service)).get('gatehouse_mails_waiting')?.samples).toHaveLength(1);
    });

    it('are of one application, not of all in the process', async () => {
      const other = await TestApp.start({ settings: { METRICS_TOKEN: TOKEN } });
      await start();
      await service.api.signUp(person);
      const signedIn = async (app: TestApp) =>
        valueOf(await read(app), 'gatehouse_sign_ins_total', { outcome: 'success' });
      expect(await signedIn(service)).toBe(1);
      expect(await signedIn(other)).toBe(0);
      await other.stop();
    });
  });

  describe('what they tell', () => {
    let shared: TestApp;

    beforeAll(async () => {
      shared = await TestApp.start({ settings: { METRICS_TOKEN: TOKEN } });
    });
    beforeEach(() => share(shared));
    afterAll(() => shared.stop());

    it('are of the format, and hold nothing of anybody after a busy day', async () => {
      const admin = await signUpAdmin(service, grace);
      const first = await service.api.signUp(ada);
      const second = await service.api.renew(first.refresh_token);
      await service.api.login(wrong).expect(401);
      await service.api.get('/users/me/sessions', second.access_token).expect(200);
      await service.api.get(`/users/${claimsOf(first.access_token).sub!}`, admin.access_token).expect(200);
      await service.api.get(`/protected?token=${second.access_token}`, second.access_token).expect(200);
      await service.api.get(`/${second.access_token}`).expect(404);
      await service.api.postForm('/revoke', { token: second.refresh_token }).expect(200);
      await service.api.post('/password/forgot', { email: grace.email }).expect(202);
      await service.api.refresh(first.refresh_token).expect(401);
      await service.api.delete(`/users/${claimsOf(first.access_token).sub!}`, admin.access_token).expect(204);

      const text = await read(service);
      expect(parseExposition(text).size).toBeGreaterThan(20);
      const pairs = [admin, first, second];
      const ids = pairs.flatMap(({ access_token, refresh_token }) =>
        [access_token, refresh_token].flatMap((token) => {
          const { jti, sid, sub } = claimsOf(token) as { jti: string; sid: string; sub: string };
          return [token, jti, sid, sub];
        }),
      );
      const secrets = [...ids, ada.username, grace.username, grace.email!, ada.password, TOKEN, '127.0.0.1'];
      for (const secret of secrets) expect(text).not.toMatch(new RegExp(`["/ ,=]${escape(secret)}`, 'i'));
      expect(text).not.toMatch(/[\da-f]{8}-[\da-f]{4}-/i);
      expect(text).not.toMatch(/"[^"]*\beyJ/);
    });

    it('has no more series after requests to 200 unknown paths, by every method', async () => {
      // Those of Node itself grow: each kind of garbage collection has series once it has happened.
      const count = async () =>
        [...parseExposition(await read(service))]
          .filter(([name]) => name.startsWith('gatehouse_'))
          .flatMap(([, { samples }]) => samples).length;
      const methods = ['get', 'post', 'put', 'patch', 'delete', 'options'] as const;
      for (const method of methods) await service.api.raw()[method](`/unknown`);
      await count();
      const known = await count();
      for (let n = 0; n < 200; n++) {
        const answer = await service.api.raw()[methods[n % methods.length]!](`/unknown/${String(n)}`);
        expect(answer.status).toBe(404);
      }
      expect(await count()).toBe(known);
      const labels = { method: 'GET', route: 'none', status: '404' };
      expect(await growth('http_requests_total', labels)).toBe(35);
    });

    it('do not tell one user from another by the route', async () => {
      const admin = await signUpAdmin(service, person);
      for (let n = 0; n < 5; n++)
        await service.api
          .get(`/users/00000000-0000-4000-8000-00000000000${String(n)}`, admin.access_token)
          .expect(404);
      const labels = { method: 'GET', route: '/users/:id', status: '404' };
      expect(await growth('http_requests_total', labels)).toBe(5);
    });
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
