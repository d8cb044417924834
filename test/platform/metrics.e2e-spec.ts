import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { DataSource } from 'typeorm';
import { refuseEvents } from '../support/audit.js';
import { ApiClient, refusal } from '../support/api-client.js';
import { signUp, signUpAdmin } from '../support/admins.js';
import { parseExposition, valueOf } from '../support/exposition.js';
import { freePort } from '../support/free-port.js';
import { ada, grace } from '../support/people.js';
import { RedisServer } from '../support/redis-server.js';
import { runCommand, runService } from '../support/service-process.js';
import { newFolder, TestApp, type TestAppOptions } from '../support/test-app.js';
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
  const value = async (name: string, labels: Record<string, string> = {}) =>
    valueOf(await read(service), `gatehouse_${name}`, labels);

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

  describe('with other processes', () => {
    let folder: string;
    let occupied: Server;
    let METRICS_PORT: string;
    beforeEach(async () => {
      folder = newFolder();
      METRICS_PORT = String(await freePort());
      occupied = createServer().listen(Number(METRICS_PORT), '127.0.0.1');
      await once(occupied, 'listening');
    });
    afterEach(() => {
      occupied.close();
      rmSync(folder, { recursive: true });
    });

    it('let the service not start on a port that is taken, and say so in words', async () => {
      const { code, stderr } = await runService(folder, { PORT: String(await freePort()), METRICS_PORT });
      expect(code).toBe(1);
      expect(stderr).toContain('METRICS_PORT is taken');
      expect(stderr).not.toContain('    at ');
    });

    it('are none of the command line, which takes no port from the service', async () => {
      const { code, stderr } = await runCommand(folder, ['user', 'list'], '', { METRICS_PORT });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    });
  });

  describe('what they count', () => {
    let redis: RedisServer | undefined;
    afterEach(async () => {
      await service.stop();
      await redis?.stop();
      redis = undefined;
    });

    it('are requests by method, route and status, and how long they took', async () => {
      await start();
      const { access_token } = await service.api.signUp(ada);
      for (let n = 0; n < 3; n++) await service.api.get('/protected', access_token).expect(200);
      await service.api.get('/protected').expect(401);
      const route = { method: 'GET', route: '/protected' };
      expect(await value('http_requests_total', { ...route, status: '200' })).toBe(3);
      expect(await value('http_requests_total', { ...route, status: '401' })).toBe(1);
      expect(await value('http_request_duration_seconds_count', route)).toBe(4);
      expect(await value('http_request_duration_seconds_sum', route)).toBeGreaterThan(0);
      expect(await value('http_refusals_total', { route: '/protected', code: 'token_missing' })).toBe(1);
    });

    it('are sign-ins by outcome, by whatever route', async () => {
      await start();
      const admin = await signUpAdmin(service, grace);
      const { id } = await signUp(service, ada);
      const { username, password } = ada;
      await service.api.postForm('/token', { username, password }).expect(200);
      await service.api.login(wrong).expect(401);
      await service.api.postForm('/token', { ...wrong, grant_type: 'password' }).expect(400);
      await service.api.login({ username: 'nobody', password }).expect(401);
      await service.api.patch(`/users/${id}`, { disabled: true }, admin.access_token).expect(200);
      await service.api.login(ada).expect(403);
      const outcomes = ['success', 'wrong_password', 'unknown_user', 'account_disabled'];
      const counted = await Promise.all(outcomes.map((outcome) => value('sign_ins_total', { outcome })));
      expect(counted).toEqual([3, 2, 1, 1]);
      const refused = { route: '/token', code: 'invalid_credentials' };
      expect(await value('http_refusals_total', refused)).toBe(1);
    });

    it('are refreshes by outcome: rotated, repeated and reused', async () => {
      await start();
      const refreshes = () =>
        Promise.all(
          ['rotated', 'repeated', 'reused'].map((outcome) => value('refreshes_total', { outcome })),
        );
      expect(await refreshes()).toEqual([0, 0, 0]);
      const first = await service.api.signUp(ada);
      const second = await service.api.renew(first.refresh_token);
      await service.api.renew(first.refresh_token);
      await service.api.renew(second.refresh_token);
      expect(await refreshes()).toEqual([2, 1, 0]);
      await service.api.refresh(first.refresh_token).expect(401);
      expect(await refreshes()).toEqual([2, 1, 1]);
      expect(await value('audit_events_total', { type: 'refresh_token_reused' })).toBe(1);
      expect(await value('sessions_ended_total', { reason: 'refresh_reuse' })).toBe(1);

      await service.api.refresh(second.refresh_token).expect(401);
      const { refresh_token } = second;
      await service.api.postForm('/token', { grant_type: 'refresh_token', refresh_token }).expect(400);
      expect(await refreshes()).toEqual([2, 1, 1]);
      expect(await value('http_refusals_total', { route: '/refresh', code: 'token_revoked' })).toBe(1);
      expect(await value('http_refusals_total', { route: '/token', code: 'token_revoked' })).toBe(1);
    });

    it('are one rotation and as many repetitions as there are others, when refreshes race', async () => {
      await start();
      const { refresh_token } = await service.api.signUp(ada);
      await Promise.all(Array.from({ length: 20 }, () => service.api.renew(refresh_token)));
      expect(await value('refreshes_total', { outcome: 'rotated' })).toBe(1);
      expect(await value('refreshes_total', { outcome: 'repeated' })).toBe(19);
    });

    it('are sessions that were cut, by reason, and the entries on the denylist', async () => {
      await start();
      const { access_token } = await service.api.signUp(ada);
      await service.api.signIn(ada);
      await service.api.signIn(ada);
      expect(await value('denylist_entries')).toBe(0);
      await service.api.delete('/users/me/sessions', access_token).expect(204);
      await service.api.post('/logout', undefined, access_token).expect(204);
      expect(await value('sessions_ended_total', { reason: 'session_ended' })).toBe(2);
      expect(await value('sessions_ended_total', { reason: 'logout' })).toBe(1);
      expect(await value('denylist_entries')).toBe(3);
    });

    it('are not what was rolled back', async () => {
      await start();
      await service.api.signUp(ada);
      await refuseEvents(service);
      await service.api.login(ada).expect(500);
      expect(await value('sign_ins_total', { outcome: 'success' })).toBe(1);
      expect(await value('database_failures_total', { operation: 'insert' })).toBe(1);
      expect(await value('http_refusals_total', { route: '/login', code: 'internal_error' })).toBe(1);
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
      await start();
      await service.api.register(grace).expect(201);
      await service.api.post('/password/forgot', { email: grace.email }).expect(202);
      await until(async () => (await value('mails_total', { outcome: 'sent' })) > 0);
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
      const before = await commits();
      await service.api.register(ada).expect(201);
      expect(await commits()).toBe(before + 1);
      const inserts = { operation: 'insert' };
      expect(await value('database_statement_duration_seconds_count', inserts)).toBeGreaterThan(0);
    });

    it('are told all the same while the database does not answer', async () => {
      await start();
      await service.api.signUp(ada);
      await service.app.get(DataSource).query('ALTER TABLE outbound_mails RENAME TO gone');
      const families = parseExposition(await read(service));
      expect(families.get('gatehouse_mails_waiting')?.samples).toEqual([]);
      expect(families.get('gatehouse_denylist_entries')?.samples).toHaveLength(1);
      await service.app.get(DataSource).query('ALTER TABLE gone RENAME TO outbound_mails');
      expect(parseExposition(await read(service)).get('gatehouse_mails_waiting')?.samples).toHaveLength(1);
    });

    it('are commands to Redis, answered or not', async () => {
      redis = await RedisServer.prepare();
      await redis.start();
      await start({ REDIS_URL: redis.url });
      const commands = (outcome: string) => value('redis_command_duration_seconds_count', { outcome });
      await service.api.get('/welcome').expect(200);
      expect(await commands('ok')).toBeGreaterThan(0);
      expect(await commands('error')).toBe(0);
      redis.freeze();
      await service.api.get('/welcome').expect(200);
      redis.thaw();
      expect(await commands('error')).toBeGreaterThan(0);
      expect(await read(service)).not.toContain(redis.password);
    });

    it('are of one application, not of all in the process', async () => {
      const other = await TestApp.start({ settings: { METRICS_TOKEN: TOKEN } });
      await start();
      await service.api.signUp(ada);
      const signedIn = async (app: TestApp) =>
        valueOf(await read(app), 'gatehouse_sign_ins_total', { outcome: 'success' });
      expect(await signedIn(service)).toBe(1);
      expect(await signedIn(other)).toBe(0);
      await other.stop();
    });
  });

  describe('what they tell', () => {
    beforeEach(() => start());
    afterEach(() => service.stop());

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
      const count = async () =>
        [...parseExposition(await read(service)).values()].flatMap(({ samples }) => samples).length;
      const methods = ['get', 'post', 'put', 'patch', 'delete', 'options'] as const;
      for (const method of methods) await service.api.raw()[method](`/unknown`);
      await count();
      const before = await count();
      for (let n = 0; n < 200; n++) {
        const answer = await service.api.raw()[methods[n % methods.length]!](`/unknown/${String(n)}`);
        expect(answer.status).toBe(404);
      }
      expect(await count()).toBe(before);
      const labels = { method: 'GET', route: 'none', status: '404' };
      expect(await value('http_requests_total', labels)).toBe(35);
    });

    it('do not tell one user from another by the route', async () => {
      const admin = await signUpAdmin(service, grace);
      for (let n = 0; n < 5; n++)
        await service.api
          .get(`/users/00000000-0000-4000-8000-00000000000${String(n)}`, admin.access_token)
          .expect(404);
      const labels = { method: 'GET', route: '/users/:id', status: '404' };
      expect(await value('http_requests_total', labels)).toBe(5);
    });
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
