import { RegistrationService } from '../../src/auth/registration.service.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

const limited = { status: 429, error: 'rate_limited' };

describe('rate limits', () => {
  let service: TestApp;
  const start = async (settings: Record<string, string>) => {
    service = await TestApp.start({ settings });
  };
  const statuses = async (times: number, path: string) => {
    const seen: number[] = [];
    for (let n = 0; n < times; n++) seen.push((await service.api.get(path)).status);
    return seen;
  };
  afterEach(() => service.stop());

  it('refuse the sixth login in a minute, right or wrong, and say when to come back', async () => {
    await start({ THROTTLE_LOGIN: '5 per minute' });
    await service.api.register(ada).expect(201);
    for (let n = 0; n < 4; n++) await service.api.login({ ...ada, password: 'not the password' }).expect(401);
    await service.api.login(ada).expect(200);
    const answer = await service.api.login(ada);
    expect(refusal(answer)).toEqual(limited);
    const wait = Number(answer.headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
  });

  it('count a login by account, whatever its case, so that another may still sign in from the same address', async () => {
    await start({ THROTTLE_LOGIN: '2 per minute' });
    await service.api.register(ada).expect(201);
    await service.api.register(grace).expect(201);
    await service.api.login(ada).expect(200);
    await service.api.login({ ...ada, username: 'ADA' }).expect(200);
    expect(refusal(await service.api.login({ ...ada, username: 'Ada' }))).toEqual(limited);
    await service.api.login(grace).expect(200);
  });

  it('count /token with the other logins, and a refresh there as none', async () => {
    await start({ THROTTLE_LOGIN: '2 per minute' });
    const { username, password } = ada;
    const { refresh_token } = await service.api.signUp(ada);
    await service.api.postForm('/token', { username, password }).expect(200);
    expect(refusal(await service.api.postForm('/token', { username, password }))).toEqual(limited);
    await service.api.postForm('/token', { grant_type: 'refresh_token', refresh_token }).expect(200);
  });

  it('hold a wider limit on logins by address, over all accounts', async () => {
    await start({ THROTTLE_LOGIN: '1 per minute' });
    const tried: number[] = [];
    for (let n = 0; n < 21; n++) {
      tried.push((await service.api.login({ username: `user-${String(n)}`, password: 'x' })).status);
    }
    expect(tried).toEqual([...Array<number>(20).fill(401), 429]);
  });

  it('hold several limits at once, over all routes together', async () => {
    await start({ THROTTLE_DEFAULT: '7 per day;4 per hour' });
    expect(await statuses(3, '/welcome')).toEqual([200, 200, 200]);
    expect(await statuses(2, '/public')).toEqual([200, 429]);
  });

  it('hold the longer of several limits too', async () => {
    await start({ THROTTLE_DEFAULT: '3 per day;50 per hour' });
    expect(await statuses(4, '/welcome')).toEqual([200, 200, 200, 429]);
    const answer = await service.api.get('/welcome');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3600);
  });

  it('believe X-Forwarded-For from no one by default', async () => {
    await start({ THROTTLE_DEFAULT: '1 per minute' });
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.1').expect(200);
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.2').expect(429);
  });

  it('believe it from TRUST_PROXY', async () => {
    await start({ THROTTLE_DEFAULT: '1 per minute', TRUST_PROXY: 'loopback' });
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.1').expect(200);
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.2').expect(200);
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.2').expect(429);
  });

  it('count an address once, whatever port a proxy writes behind it', async () => {
    await start({ THROTTLE_DEFAULT: '1 per minute', TRUST_PROXY: 'loopback' });
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.1:51234').expect(200);
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.1:51235').expect(429);
    await service.api.get('/welcome').set('X-Forwarded-For', '"[2001:db8::1]:443"').expect(200);
    await service.api.get('/welcome').set('X-Forwarded-For', '2001:DB8::1').expect(429);
  });

  it('keep nobody from signing out, revoking and discovery where others at the address send too much', async () => {
    await start({ THROTTLE_DEFAULT: '3 per minute' });
    const first = await service.api.signUp(ada);
    await service.api.get('/welcome').expect(200);
    await service.api.get('/welcome').expect(429);
    for (let n = 0; n < 5; n++) {
      await service.api.get('/.well-known/jwks.json').expect(200);
      await service.api.get('/.well-known/oauth-authorization-server').expect(200);
      await service.api.postForm('/revoke', { token: 'unknown' }).expect(200);
      await service.api.delete('/account/session').expect(204);
    }
    await service.api.delete('/users/me/sessions', first.access_token).expect(204);
    await service.api.post('/logout', undefined, first.access_token).expect(204);
  });

  it('count introspections by who asks, and not by address', async () => {
    await start({ THROTTLE_DEFAULT: '4 per minute' });
    const gateways = ['gateway-1', 'gateway-2'];
    const tokens: string[] = [];
    for (const username of gateways) {
      await service.app.get(RegistrationService).register({ ...ada, username }, ['introspect']);
      tokens.push((await service.api.signIn({ ...ada, username })).access_token);
    }
    const introspect = (bearer: string) =>
      service.api.postForm('/introspect', { token: 'unknown' }).set('Authorization', `Bearer ${bearer}`);
    for (let n = 0; n < 4; n++) await introspect(tokens[0]!).expect(200);
    await introspect(tokens[0]!).expect(429);
    await introspect(tokens[1]!).expect(200);
    await service.api.get('/protected', tokens[0]).expect(200);
  });

  it('count what is no address to the proxy that wrote it', async () => {
    await start({ THROTTLE_DEFAULT: '2 per minute', TRUST_PROXY: 'loopback' });
    for (const value of ['x'.repeat(60), 'unknown'])
      await service.api.get('/welcome').set('X-Forwarded-For', value).expect(200);
    await service.api.get('/welcome').set('X-Forwarded-For', '203.0.113.1, nobody').expect(429);
  });
});
