import { errorCatalogue } from '../../src/errors/error-catalogue.js';
import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import type { FeedClaims } from '../../src/tokens/feed/feed-signer.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal, type ApiClient } from '../support/api-client.js';
import { EventStream } from '../support/event-stream.js';
import { NginxProxy } from '../support/nginx-proxy.js';
import { setCookieOf, signInOnPage, cookieWith } from '../support/page-session.js';
import { ada, type Person } from '../support/people.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RedisServer } from '../support/redis-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const TIMES_FOR_BOTH = 6;
const METRICS_TOKEN = 'a-token-for-prometheus';
const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';

/** Somebody at an address of the loopback of their own. */
const from = (localAddress: string) => new Agent({ localAddress });
const named = (username: string): Person => ({ ...ada, username });
const overloaded = { status: 503, error: 'overloaded' };

describe('two instances behind the proxy of deploy/nginx.conf', () => {
  let folder: string;
  let postgres: PostgresServer;
  let redis: RedisServer;
  let instances: ServiceProcess[];
  let proxy: NginxProxy;
  let api: ApiClient;

  const startInstance = async (PORT?: string) =>
    ServiceProcess.start(folder, {
      DATABASE_URL: postgres.url(),
      REDIS_URL: redis.url,
      TRUST_PROXY: 'loopback',
      THROTTLE_LOGIN: '5 per minute',
      METRICS_TOKEN,
      REVOCATIONS_TOKEN,
      ...(PORT !== undefined && { PORT }),
    });
  const everywhere = (token: string) =>
    [...instances, ...Array<NginxProxy>(TIMES_FOR_BOTH).fill(proxy)].map((each) =>
      each.api.get('/protected', token),
    );

  beforeAll(async () => {
    folder = newFolder();
    postgres = await PostgresServer.prepare();
    redis = await RedisServer.prepare();
    await Promise.all([postgres.start(), redis.start()]);
    instances = [await startInstance(), await startInstance()];
    proxy = await NginxProxy.start(
      folder,
      instances.map(({ url }) => url),
    );
    ({ api } = proxy);
  });
  afterAll(async () => {
    await proxy.stop();
    await Promise.all(instances.map((instance) => instance.kill()));
    await Promise.all([postgres.stop(), redis.stop()]);
    rmSync(folder, { recursive: true });
  });

  it('are one service: what one gives out the other takes, and refreshes', async () => {
    let pair = await api.signUp(named('ada'));
    for (let time = 0; time < TIMES_FOR_BOTH; time++) pair = await api.renew(pair.refresh_token);
    for (const answer of await Promise.all(everywhere(pair.access_token))) expect(answer.status).toBe(200);
  });

  it('tell at once what either has revoked, on a stream that the proxy does not hold back', async () => {
    const pairs = [await api.signUp(named('grete')), await api.signIn(named('grete'))];
    const headers = { Authorization: `Bearer ${REVOCATIONS_TOKEN}` };
    const stream = await EventStream.open(`${proxy.url}/revocations/stream`, headers);
    for (const [n, { access_token }] of pairs.entries()) {
      await instances[n]!.api.post('/logout', undefined, access_token).expect(204);
      const sid = claimsOf(access_token)['sid'];
      let told: unknown[] = [];
      while (!told.includes(sid)) {
        const { revoked } = claimsOf((await stream.next())!.data) as unknown as FeedClaims;
        told = revoked.map(({ id }) => id);
      }
    }
    stream.cut();
  });

  it('make one successor of a token that is refreshed many times at once', async () => {
    const { refresh_token } = await api.signUp(named('barbara'));
    const pairs = await Promise.all(Array.from({ length: 20 }, () => api.renew(refresh_token)));
    expect(new Set(pairs.map((pair) => claimsOf(pair.refresh_token)['jti'])).size).toBe(1);
  });

  it('both refuse at once what one of them has signed out', async () => {
    const pair = await api.signUp(named('claude'));
    const [one, other] = instances.map((instance) => instance.api);
    await other!.get('/protected', pair.access_token).expect(200);
    await one!.post('/logout', undefined, pair.access_token).expect(204);
    for (const answer of await Promise.all(everywhere(pair.access_token)))
      expect(answer.body).toMatchObject({ error: 'token_revoked', reason: 'logout' });
    for (let time = 0; time < TIMES_FOR_BOTH; time++)
      expect(refusal(await api.refresh(pair.refresh_token))).toEqual({ status: 401, error: 'token_revoked' });
  });

  it('see the address of the client, whatever the client claims it to be', async () => {
    await api.register(named('dorothy')).expect(201);
    const signIn = api.login(named('dorothy')).agent(from('127.0.0.2'));
    const { body } = await signIn
      .set({ 'X-Forwarded-For': '203.0.113.7', 'X-Real-IP': '203.0.113.7', Forwarded: 'for=203.0.113.7' })
      .expect(200);
    const sessions = await api.get('/users/me/sessions', (body as TokenPair).access_token).expect(200);
    expect(sessions.body).toMatchObject({ sessions: [{ ip: '127.0.0.2', current: true }] });
  });

  it('count attempts together, by that address, and say when to come again', async () => {
    await api.register(named('edsger')).expect(201);
    const attempt = (address: string) =>
      api.login({ ...named('edsger'), password: 'a wrong guess' }).agent(from(address));
    const attempts = [];
    for (let time = 0; time < TIMES_FOR_BOTH; time++) attempts.push(await attempt('127.0.0.3'));
    expect(attempts.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    const wait = Number(attempts.at(-1)?.headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect((await attempt('127.0.0.4')).status).toBe(401);
  });

  it('serve the account page, and its session to the page alone', async () => {
    await api.register(named('frances')).expect(201);
    const page = await api.get('/account').redirects(1).expect(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");

    let { refresh } = await signInOnPage(proxy, named('frances'));
    for (let time = 0; time < TIMES_FOR_BOTH; time++) {
      const answer = await api
        .post('/account/session/refresh')
        .set({ Cookie: cookieWith(refresh), Origin: proxy.url })
        .expect(200);
      refresh = setCookieOf(answer)!.value;
    }
    const claims = [{}, { 'X-Forwarded-Host': 'evil.example' }];
    for (const claim of claims) {
      const foreign = api.post('/account/session/refresh').set({ Origin: 'https://evil.example', ...claim });
      expect(refusal(await foreign.set('Cookie', cookieWith(refresh)))).toEqual({
        status: 403,
        error: 'cross_origin_request',
      });
    }
  });

  it('answer for themselves: the proxy passes errors and request ids on', async () => {
    // The proxy itself refuses what is too large, in the words of an instance.
    const large = await api.post('/login', { username: 'ada', password: 'x'.repeat(20_000) });
    const { status, message } = errorCatalogue.payload_too_large;
    expect(large.body).toEqual({ statusCode: status, error: 'payload_too_large', message });
    expect({ status: large.status, id: large.headers['x-request-id'] }).toEqual({
      status,
      id: expect.stringMatching(/^[\w-]+$/) as string,
    });
    const unknown = await api.get('/nowhere').set('X-Request-Id', 'asked-by-a-client');
    expect(refusal(unknown)).toEqual({ status: 404, error: 'not_found' });
    expect(unknown.headers['x-request-id']).toBe('asked-by-a-client');
    expect(unknown.headers['server']).toBe('nginx');
  });

  it('keep their metrics in the house, also from who knows the token', async () => {
    await instances[0]!.api.get('/metrics', METRICS_TOKEN).expect(200);
    for (const path of ['/metrics', '/metrics/', '/%6detrics', '//metrics', '/a-prefix/metrics?name=up'])
      expect(refusal(await api.get(path, METRICS_TOKEN))).toEqual({ status: 404, error: 'not_found' });
  });

  it('lose no request when one stops, and are said to be away when both have', async () => {
    let pair = await api.signUp(named('grace'));
    const [one, other] = instances as [ServiceProcess, ServiceProcess];
    expect(await one.stop()).toBe(0);
    for (let time = 0; time < TIMES_FOR_BOTH * 2; time++) pair = await api.renew(pair.refresh_token);

    expect(await other.stop()).toBe(0);
    const away = await api.get('/protected', pair.access_token);
    expect(refusal(away)).toEqual(overloaded);
    expect(away.body).toMatchObject({ statusCode: 503, message: expect.any(String) as string });
    expect(away.headers['retry-after']).toBe('1');

    instances = await Promise.all([one, other].map(({ url }) => startInstance(new URL(url).port)));
    await until(async () => (await api.get('/protected', pair.access_token)).status === 200);
    await api.renew(pair.refresh_token);
  });
});
