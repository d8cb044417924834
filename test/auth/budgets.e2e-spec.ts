import { SignJWT } from 'jose';
import type { Response } from 'supertest';
import { DEVICE_COOKIE } from '../../src/auth/budgets/device-token.js';
import type { LocalThrottleCounters } from '../../src/auth/budgets/local-throttle-counters.js';
import { ThrottleCounters } from '../../src/auth/budgets/throttle-counters.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { storedSigner } from '../support/forger.js';
import { ada as anyone, grace as anyoneElse, type Person } from '../support/people.js';
import { hasSharedRedis } from '../support/stores.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const limited = { status: 429, error: 'rate_limited' };
const limits = {
  THROTTLE_LOGIN: '5 per minute',
  THROTTLE_DEFAULT: '300 per minute',
  TRUST_PROXY: 'loopback',
};
const home = '203.0.113.7';
const elsewhere = (n: number) => `198.51.${String(n >> 8)}.${String(n & 255)}`;

const place = hasSharedRedis ? 'Redis' : 'memory';

describe(`the budget for attempts to sign in, counted in ${place}`, () => {
  let shared: TestApp;
  /** The service that a test asks: the shared one, unless the test starts another. */
  let service: TestApp;
  let ada: Person;
  let grace: Person;
  let count = 0;

  const startWith = async (settings: Record<string, string>) => {
    service = await TestApp.start({ settings });
    await service.api.register(ada).expect(201);
  };

  beforeAll(async () => {
    shared = await TestApp.start({ settings: limits });
  });
  beforeEach(async () => {
    service = shared;
    // By then, no attempt of another test counts any more.
    service.clock.pass(3600);
    const suffix = String(++count);
    ada = { ...anyone, username: `ada-${suffix}` };
    grace = { username: `grace-${suffix}`, password: anyoneElse.password };
    await service.api.register(ada).expect(201);
    await service.api.register(grace).expect(201);
  });
  afterEach(async () => {
    if (service !== shared) await service.stop();
  });
  afterAll(() => shared.stop());

  const attempt = ({ username, password }: Person, from = home, device?: string): Promise<Response> => {
    const request = service.api.post('/login', { username, password }).set('X-Forwarded-For', from);
    return Promise.resolve(device === undefined ? request : request.set('X-Device-Token', device));
  };
  const guess = (username: string, from = home, device?: string) =>
    attempt({ username, password: 'not the password' }, from, device);
  const deviceOf = (answer: Response): string => String(answer.headers['x-device-token']);
  const signInFrom = async (person: Person, from = home): Promise<string> => {
    const answer = await attempt(person, from);
    expect(answer.status).toBe(200);
    return deviceOf(answer);
  };
  /** Guesses one after another, from 250 addresses in turn. No connections are opened for it: they would cost the most. */
  const guessMany = async (
    times: number,
    username: string,
    from: (n: number) => string,
  ): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n++) {
      const { statusCode } = await service.app.inject({
        method: 'POST',
        url: '/login',
        headers: { 'x-forwarded-for': from(n % 250) },
        payload: { username, password: 'not the password' },
      });
      statuses.push(statusCode);
    }
    return statuses;
  };

  it('lets a known device of the owner in after a thousand wrong passwords from everywhere else', async () => {
    const device = await signInFrom(ada);
    const statuses = await guessMany(1000, ada.username, elsewhere);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(100);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));

    expect((await attempt(ada, home, device)).status).toBe(200);
    const cookie = await service.api
      .login(ada)
      .set('X-Forwarded-For', elsewhere(3))
      .set('Cookie', `other=1; ${DEVICE_COOKIE}=${device}`);
    expect(cookie.status).toBe(200);
    const stranger = await attempt(ada, elsewhere(999));
    expect(refusal(stranger)).toEqual(limited);
    expect(Number(stranger.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(stranger.headers['retry-after'])).toBeLessThanOrEqual(3600);
  });

  it('lets it in also where the wrong passwords came from its own address', async () => {
    const device = await signInFrom(ada);
    await guessMany(300, ada.username, () => home);
    expect(refusal(await attempt(ada, home))).toEqual(limited);
    expect((await attempt(ada, home, device)).status).toBe(200);
  });

  it('is the same, answer for answer, for an account that does not exist', async () => {
    await signInFrom(ada);
    // The good sign-in was one attempt too.
    await guess('nobody');
    const known = await guessMany(300, ada.username, elsewhere);
    service.clock.pass(61);
    const unknown = await guessMany(300, 'nobody', (n) => elsewhere(n + 256));
    expect(unknown).toEqual(known);
  });

  it('keeps a known device to its limit too: signing in does not buy more attempts', async () => {
    for (let n = 0; n < 3; n++) await guess(ada.username);
    const device = await signInFrom(ada);
    expect((await guess(ada.username, home, device)).status).toBe(401);
    expect(refusal(await attempt(ada, home, device))).toEqual(limited);
    service.clock.pass(60);
    expect((await attempt(ada, home, device)).status).toBe(200);
  });

  it('refuses the sixth login in a minute to a client that keeps its cookie', async () => {
    let device = await signInFrom(ada);
    const first = claimsOf(device).jti;
    for (let n = 0; n < 4; n++) device = deviceOf(await attempt(ada, home, device));
    expect(claimsOf(device).jti).toBe(first);
    expect(refusal(await attempt(ada, home, device))).toEqual(limited);
  });

  it.each<[string, (device: string) => Promise<string> | string]>([
    ['the device of another user', () => signInFrom(grace, elsewhere(1))],
    ['a device token whose signature was changed', (device) => `${device.slice(0, -8)}AAAAAAAA`],
    ['an access token', async () => (await service.api.signIn(grace)).access_token],
    ['anything else', () => 'nonsense'],
    [
      'a device token that has expired',
      (device) => {
        const { alg, kid, key } = storedSigner(service.folder, 'current');
        const now = service.clock.now().getTime() / 1000;
        return new SignJWT({ ...claimsOf(device), exp: now })
          .setProtectedHeader({ alg, kid, typ: 'device+jwt' })
          .sign(key);
      },
    ],
  ])('takes who shows %s for a stranger', async (_, show) => {
    const shown = await show(await signInFrom(ada, elsewhere(2)));
    for (let n = 0; n < 5; n++) expect((await guess(ada.username, home)).status).toBe(401);
    expect(refusal(await attempt(ada, home, shown))).toEqual(limited);
  });

  it('gives a device token for a right password alone, and it opens nothing', async () => {
    expect((await guess(ada.username)).headers).not.toHaveProperty('x-device-token');
    const answer = await attempt(ada);
    const device = deviceOf(answer);
    expect(refusal(await service.api.get('/protected', device))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
    expect(refusal(await service.api.refresh(device))).toEqual({ status: 401, error: 'token_invalid' });
    const { refresh_token } = answer.body as TokenPair;
    const refreshed = await service.api.postForm('/token', { grant_type: 'refresh_token', refresh_token });
    expect(refreshed.headers).not.toHaveProperty('x-device-token');
    expect(refreshed.headers).not.toHaveProperty('set-cookie');
  });

  it('gives none for a refresh that names somebody', async () => {
    const { refresh_token } = (await attempt(grace)).body as TokenPair;
    const form = { grant_type: 'refresh_token', refresh_token, username: ada.username };
    const refreshed = await service.api.postForm('/token', form).expect(200);
    expect(refreshed.headers).not.toHaveProperty('x-device-token');
    expect(refreshed.headers).not.toHaveProperty('set-cookie');
  });

  it('is a stranger’s again once the password that the device was known by is another', async () => {
    const device = await signInFrom(ada);
    const { access_token } = (await attempt(ada, home, device)).body as TokenPair;
    const change = { current_password: ada.password, new_password: 'a wholly different phrase' };
    await service.api.post('/users/me/password', change, access_token).expect(204);
    for (let n = 0; n < 5; n++) await guess(ada.username, elsewhere(7));
    const renewed = { ...ada, password: change.new_password };
    expect(refusal(await attempt(renewed, elsewhere(7), device))).toEqual(limited);
    expect((await attempt(renewed, elsewhere(8), device)).headers).toHaveProperty('x-device-token');
  });

  it('is one for an account, whether it is called by its username or its address, in whatever spelling', async () => {
    const email = `${ada.username}@example.org`;
    const { access_token } = (await attempt(ada, elsewhere(9))).body as TokenPair;
    await service.api.patch('/users/me', { email }, access_token).expect(200);
    const spellings = [ada.username, email, ada.username.toUpperCase(), email.toUpperCase(), ` ${email} `];
    for (const spelling of spellings) expect((await guess(spelling)).status).toBe(401);
    for (const spelling of [ada.username, email]) expect(refusal(await guess(spelling))).toEqual(limited);
  });

  it.each([
    [
      'POST /login',
      () => service.api.post('/login', { username: 'a\0b', password: 'a guess' }),
      'validation_failed',
    ],
    [
      'POST /password/forgot',
      () => service.api.post('/password/forgot', { email: 'a\0b@example.org' }),
      'validation_failed',
    ],
    [
      'POST /token',
      () => service.api.postForm('/token', { username: 'a\0b', password: 'a guess' }),
      'invalid_request',
    ],
  ])('does not look up a name that no database can store: %s', async (_, send, error) => {
    expect(refusal(await send())).toEqual({ status: 400, error });
  });

  it('gives it in a cookie that scripts and other sites do not get', async () => {
    const [cookie] = (await attempt(ada)).headers['set-cookie'] as unknown as string[];
    expect(cookie).toMatch(/^gatehouse_device=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    const form = await service.api.postForm('/token', { username: grace.username, password: grace.password });
    expect(form.headers['set-cookie']?.[0]).toContain(`${DEVICE_COOKIE}=`);
  });

  it('sends the cookie over TLS alone where the issuer is reached by it', async () => {
    await startWith({ JWT_ISSUER: 'https://id.example.org' });
    expect((await service.api.login(ada)).headers['set-cookie']?.[0]).toContain('; Secure');
  });

  it('counts an IPv6 customer as one, whatever the last 64 bits', async () => {
    for (let n = 1; n <= 5; n++) await guess(ada.username, `2001:db8:1:2::${String(n)}`);
    expect((await guess(ada.username, '2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await guess(ada.username, '2001:db8:1:3::1')).status).toBe(401);
  });

  it('cannot be used up by a stranger where somebody signed in gives the password again', async () => {
    const pair = (await attempt(ada)).body as TokenPair;
    const forged = `${pair.access_token.slice(0, -8)}AAAAAAAA`;
    const again = (password: string, token: string) =>
      service.api.post('/reauthenticate', { password }, token).set('X-Forwarded-For', home);
    for (let n = 0; n < 50; n++) await again('a guess', forged).expect(n < 5 ? 401 : 429);
    for (let n = 0; n < 4; n++) await again('a guess', pair.access_token).expect(401);
    await again(ada.password, pair.access_token).expect(200);
    // Another session has another budget.
    expect(refusal(await again('a guess', ((await attempt(ada)).body as TokenPair).access_token))).toEqual({
      status: 401,
      error: 'invalid_credentials',
    });
  });

  it('is as it was after a restart', async () => {
    await startWith(limits);
    for (let n = 0; n < 5; n++) await guess(ada.username);
    service = await TestApp.start({ settings: limits, folder: await service.stopAndKeep() });
    expect(refusal(await attempt(ada))).toEqual(limited);
    service.clock.pass(60);
    expect((await attempt(ada)).status).toBe(200);
  });
});

describe('the counters in the database', () => {
  const settings = { ...limits, REDIS_URL: '' };
  let service: TestApp;

  beforeEach(async () => {
    service = await TestApp.start({ settings });
  });
  afterEach(() => service.stop());

  it('are all taken up by a restart, however many there are', async () => {
    for (let n = 0; n < 5; n++) await service.api.login(anyone).expect(401);
    // Keys are ordered, and before all others come those that begin with a hyphen.
    await service.query(
      `WITH RECURSIVE n(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 2000)
       INSERT INTO throttle_counters (key, hits, expires_at) SELECT '--' || n, ?, ? FROM n`,
      [JSON.stringify([[service.clock.now().getTime(), 1]]), service.clock.now().getTime() + 60_000],
    );
    service = await TestApp.start({ settings, folder: await service.stopAndKeep() });
    expect(refusal(await service.api.login(anyone))).toEqual(limited);
  });

  it('have no name in them, and are gone when they count no more', async () => {
    await service.api.login({ ...anyone, username: 'my password typed for a name' }).expect(401);
    service = await TestApp.start({ settings, folder: await service.stopAndKeep() });
    const rows = await service.query<{ key: string }>('SELECT * FROM throttle_counters');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('password');
    service.clock.pass(3600);
    await service.app.get<ThrottleCounters, LocalThrottleCounters>(ThrottleCounters).sweep();
    expect(await service.query('SELECT * FROM throttle_counters')).toEqual([]);
  });
});
