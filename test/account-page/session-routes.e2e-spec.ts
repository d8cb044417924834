import type { Response, Test } from 'supertest';
import { DEVICE_COOKIE } from '../../src/auth/budgets/device-token.js';
import { refusal } from '../support/api-client.js';
import { cookieWith, setCookieOf, signInOnPage } from '../support/page-session.js';
import { ada as anyone, grace, type Person } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const PATH = '/account/session';
const attributes = ['HttpOnly', 'Max-Age=2592000', `Path=${PATH}`, 'SameSite=Strict'];

describe('the session of the account page', () => {
  let shared: TestApp;
  /** The service that a test asks: the shared one, unless the test starts another. */
  let service: TestApp;
  let ada: Person;
  let count = 0;

  /** Starts a service for one test. */
  const startWith = async (settings: Record<string, string>) => {
    service = await TestApp.start({ settings });
  };
  /** Starts the service again on the data of one that this test started. */
  const restart = async () => {
    service = await TestApp.start({ folder: await service.stopAndKeep() });
  };
  const signIn = ({ username, password }: Person = ada) => service.api.post(PATH, { username, password });
  const refresh = (token: string): Test =>
    service.api.post(`${PATH}/refresh`).set('Cookie', cookieWith(token));
  const signOut = (token: string): Test => service.api.delete(PATH).set('Cookie', cookieWith(token));
  const renew = async (token: string): Promise<string> =>
    setCookieOf(await refresh(token).expect(200))?.value ?? '';

  beforeAll(async () => {
    shared = await TestApp.start();
  });
  beforeEach(async () => {
    service = shared;
    ada = { ...anyone, username: `ada-${String(++count)}` };
    await service.api.register(ada).expect(201);
  });
  afterEach(async () => {
    if (service !== shared) await service.stop();
  });
  afterAll(() => shared.stop());

  describe('signing in', () => {
    it('answers with the access token alone, and keeps the refresh token in a cookie', async () => {
      const answer = await signIn().expect(200);
      expect(answer.body).toEqual({
        access_token: expect.any(String) as string,
        token_type: 'bearer',
        expires_in: 900,
      });
      const cookie = setCookieOf(answer)!;
      expect(cookie.attributes).toEqual(attributes);
      expect(claimsOf(cookie.value)).toMatchObject({ type: 'refresh' });
      expect(answer.text).not.toContain(cookie.value);
      expect(answer.headers['cache-control']).toBe('no-store');
      const { access_token } = answer.body as { access_token: string };
      await service.api.get('/users/me', access_token).expect(200);
    });

    it('keeps the cookie to https where the issuer is, and under the prefix where there is one', async () => {
      await startWith({ JWT_ISSUER: 'https://auth.example.org', API_PREFIX: 'auth/v1' });
      await service.api.post('/auth/v1/register', ada).expect(201);
      const answer = await service.api.post(`/auth/v1${PATH}`, ada).expect(200);
      expect(setCookieOf(answer)?.attributes).toEqual([
        'HttpOnly',
        'Max-Age=2592000',
        'Path=/auth/v1/account/session',
        'SameSite=Strict',
        'Secure',
      ]);
      const token = setCookieOf(answer)!.value;
      await service.api.post(`/auth/v1${PATH}/refresh`).set('Cookie', cookieWith(token)).expect(200);
    });

    it('refuses a wrong password, an unknown user and a body by halves as /login does, and sets no cookie', async () => {
      const bodies = [
        { username: ada.username, password: 'a guess' },
        { username: 'nobody', password: 'a guess' },
        { username: ada.username },
        { ...ada, more: 1 },
      ];
      for (const body of bodies) {
        const answer = await service.api.post(PATH, body);
        const login = await service.api.post('/login', body);
        expect([answer.status, answer.body]).toEqual([login.status, login.body]);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(setCookieOf(answer)).toBeUndefined();
      }
    });

    it('counts with the other attempts on the account, and leaves a known device its own', async () => {
      await startWith({ THROTTLE_LOGIN: '5 per minute' });
      await service.api.register(ada).expect(201);
      const known = await signIn().expect(200);
      const device = (known.headers['set-cookie'] as unknown as string[])
        .find((each) => each.startsWith(DEVICE_COOKIE))!
        .split(';')[0]!;
      await service.api.login({ ...ada, password: 'a guess' }).expect(401);
      for (let tries = 0; tries < 3; tries++) await signIn({ ...ada, password: 'a guess' }).expect(401);
      const limited = await signIn();
      expect(refusal(limited)).toEqual({ status: 429, error: 'rate_limited' });
      expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
      expect(refusal(await service.api.login(ada))).toEqual({ status: 429, error: 'rate_limited' });
      await signIn().set('Cookie', device).expect(200);
    });

    it('is in the audit trail and in the list of sessions, as any sign-in', async () => {
      const { access } = await signInOnPage(service, ada);
      const { body } = await service.api.get('/users/me/sessions', access).expect(200);
      expect(body).toMatchObject({ sessions: [{ id: claimsOf(access)['sid'], current: true }] });
      const events = await service.query('SELECT type FROM audit_events WHERE user_id = ? ORDER BY seq', [
        claimsOf(access).sub,
      ]);
      expect(events).toEqual([{ type: 'user_registered' }, { type: 'signed_in' }]);
    });
  });

  describe('refreshing', () => {
    it('spends the token of the cookie for the next, and answers with an access token', async () => {
      const first = await signInOnPage(service, ada);
      const answer = await refresh(first.refresh).expect(200);
      expect(answer.body).toEqual({
        access_token: expect.any(String) as string,
        token_type: 'bearer',
        expires_in: 900,
      });
      const next = setCookieOf(answer)!;
      expect(next.attributes).toEqual(attributes);
      expect(claimsOf(next.value)['sid']).toBe(claimsOf(first.refresh)['sid']);
      expect(claimsOf(next.value)['jti']).not.toBe(claimsOf(first.refresh)['jti']);
      expect(answer.text).not.toContain(next.value);
      await renew(next.value);
    });

    it('gives the same successor where the answer was lost, and to many tabs at once', async () => {
      const { refresh: token } = await signInOnPage(service, ada);
      const tabs = await Promise.all(Array.from({ length: 10 }, () => renew(token)));
      service.clock.pass(600);
      const again = await renew(token);
      expect(new Set([...tabs, again].map((each) => claimsOf(each)['jti'])).size).toBe(1);
      await renew(again);
    });

    it('ends the session where a spent token comes again that can only be a copy', async () => {
      const { access, refresh: token } = await signInOnPage(service, ada);
      const next = await renew(await renew(token));
      const reuse = await refresh(token);
      expect(refusal(reuse)).toEqual({ status: 401, error: 'refresh_token_reused' });
      expect(setCookieOf(reuse)).toBeUndefined();
      expect((await refresh(next)).body).toMatchObject({ error: 'token_revoked', reason: 'refresh_reuse' });
      await service.api.get('/users/me', access).expect(401);
    });

    it('wants a refresh token, in the cookie and nowhere else', async () => {
      const { access, refresh: token } = await signInOnPage(service, ada);
      const missing = [
        service.api.post(`${PATH}/refresh`),
        service.api.post(`${PATH}/refresh`, undefined, token),
        service.api.post(`${PATH}/refresh`, { refresh_token: token }),
        service.api.post(`${PATH}/refresh?gatehouse_session=${token}`),
      ];
      for (const each of missing)
        expect(refusal(await each)).toEqual({ status: 401, error: 'token_missing' });
      for (const wrong of [access, 'garbage', '', `${token}x`])
        expect(refusal(await refresh(wrong))).toEqual({ status: 401, error: 'token_invalid' });
      await renew(token);
    });

    it('refuses a token past its time', async () => {
      const { refresh: token } = await signInOnPage(service, ada);
      service.clock.pass(30 * 86_400);
      expect(refusal(await refresh(token))).toEqual({ status: 401, error: 'token_expired' });
    });

    it('goes on after a restart', async () => {
      await startWith({});
      await service.api.register(ada).expect(201);
      const { refresh: token } = await signInOnPage(service, ada);
      await restart();
      await renew(await renew(token));
    });
  });

  describe('signing out', () => {
    it('ends the session with all of its tokens, and takes the cookie away', async () => {
      const { access, refresh: token } = await signInOnPage(service, ada);
      const next = await renew(token);
      const answer = await signOut(next).expect(204);
      expect(setCookieOf(answer)).toEqual({
        value: '',
        attributes: ['HttpOnly', 'Max-Age=0', `Path=${PATH}`, 'SameSite=Strict'],
      });
      expect((await service.api.get('/users/me', access)).body).toMatchObject({ reason: 'logout' });
      expect((await refresh(next)).body).toMatchObject({ error: 'token_revoked', reason: 'logout' });
      expect(refusal(await refresh(token))).toEqual({ status: 401, error: 'token_revoked' });
    });

    it('leaves the other sessions of the user, and those of others', async () => {
      await service.api.register(grace).expect(201);
      const others = [await signInOnPage(service, ada), await signInOnPage(service, grace)];
      await signOut((await signInOnPage(service, ada)).refresh).expect(204);
      for (const { access } of others) await service.api.get('/users/me', access).expect(200);
    });

    it('holds after a restart', async () => {
      await startWith({});
      await service.api.register(ada).expect(201);
      const { access, refresh: token } = await signInOnPage(service, ada);
      await signOut(token).expect(204);
      await restart();
      await service.api.get('/users/me', access).expect(401);
      await refresh(token).expect(401);
    });

    it('does nothing without a cookie, and takes away one that is of no use', async () => {
      expect(setCookieOf(await service.api.delete(PATH).expect(204))).toBeUndefined();
      const { refresh: token } = await signInOnPage(service, ada);
      await signOut(token).expect(204);
      for (const dead of [token, 'garbage', ''])
        expect(setCookieOf(await signOut(dead).expect(204))?.value).toBe('');
    });

    it('wins over a refresh that races it', async () => {
      for (let round = 0; round < 20; round++) {
        const { refresh: token } = await signInOnPage(service, ada);
        const [renewed] = await Promise.all([refresh(token), signOut(token).expect(204)]);
        const { access_token = '' } = renewed.body as { access_token?: string };
        await service.api.get('/users/me', access_token).expect(401);
        await refresh(setCookieOf(renewed)?.value ?? token).expect(401);
      }
    });
  });

  describe('asked by a page of another origin', () => {
    const foreign: [string, Record<string, string>][] = [
      ['of another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
      ['of a sibling domain', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://blog.example.org' }],
      ['in an older browser', { Origin: 'https://evil.example' }],
      ['that hides its origin', { Origin: 'null' }],
      ['with another port', { Origin: 'http://127.0.0.1:1' }],
      ['that is opened by hand', { 'Sec-Fetch-Site': 'none' }],
    ];

    it.each(foreign)('%s, is refused, and changes nothing', async (_, headers) => {
      const { access, refresh: token } = await signInOnPage(service, ada);
      const requests: Test[] = [signIn(), refresh(token), signOut(token)];
      for (const request of requests) {
        const answer: Response = await request.set(headers);
        expect(refusal(answer)).toEqual({ status: 403, error: 'cross_origin_request' });
        expect(answer.headers).not.toHaveProperty('set-cookie');
      }
      await service.api.get('/users/me', access).expect(200);
      await renew(token);
    });

    it('is refused also where CORS lets that page call the rest', async () => {
      const origin = 'https://app.example.org';
      await startWith({ CORS_ORIGINS: origin });
      await service.api.register(ada).expect(201);
      const { refresh: token } = await signInOnPage(service, ada);
      for (const request of [signIn(), refresh(token), signOut(token)])
        expect((await request.set('Origin', origin)).status).toBe(403);
    });

    it.each([
      ['says so', () => ({ 'Sec-Fetch-Site': 'same-origin', Origin: 'https://behind.a.proxy' })],
      ['names the host that is asked', (url: string) => ({ Origin: url })],
      ['names the issuer, which a proxy stands before', () => ({ Origin: 'http://localhost:3000' })],
    ])('is another matter where the browser %s', async (_, headersFor) => {
      const { refresh: token } = await signInOnPage(service, ada);
      await refresh(token).set(headersFor(service.url)).expect(200);
    });

    it('cannot sign anybody in by a form', async () => {
      const form = await service.api.postForm(PATH, { username: ada.username, password: ada.password });
      expect(refusal(form)).toEqual({ status: 415, error: 'unsupported_media_type' });
      const text = await service.api.raw().post(PATH).type('text/plain').send(JSON.stringify(ada));
      expect(refusal(text)).toEqual({ status: 415, error: 'unsupported_media_type' });
    });
  });
});
