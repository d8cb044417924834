import { AccountsService } from '../../src/auth/accounts.service.js';
import { UsersService } from '../../src/users/users.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

describe('a client of the FastAPI tutorial', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
    await service.api.register(grace).expect(201);
  });
  afterAll(() => service.stop());

  it('walks from the form to its own data, and stays out once it is disabled', async () => {
    const { username, password } = grace;
    const wrong = await service.api
      .postForm('/token', { username, password: 'not the password' })
      .expect(401);
    expect(wrong.headers['www-authenticate']).toMatch(/^Bearer/);

    const answer = await service.api.postForm('/token', { username, password }).expect(200);
    const pair = answer.body as TokenPair;
    expect(pair).toMatchObject({ token_type: 'bearer', expires_in: 900, access_token: expect.any(String) });

    const me = await service.api.get('/users/me', pair.access_token).expect(200);
    expect(me.body).toMatchObject({ username: 'grace', email: 'grace@example.org', disabled: false });
    await service.api.get('/docs').expect(200);

    const user = await service.app.get(UsersService).findByUsername('grace');
    await service.app.get(AccountsService).disable(user!);
    await service.api.get('/users/me', pair.access_token).expect(401);
    await service.api.postForm('/token', { username, password }).expect(403);
  });
});

describe('a client of the Flask tutorial', () => {
  it('walks from JSON to the limits, the claims, the denylist and the refresh', async () => {
    const service = await TestApp.start({
      settings: {
        ACCESS_TOKEN_CLAIMS: 'username,roles,email',
        THROTTLE_LOGIN: '5 per minute',
        THROTTLE_DEFAULT: '200 per day;50 per hour',
      },
    });
    await service.api.register(grace).expect(201);
    const pair = (await service.api.login(grace).expect(200)).body as TokenPair;
    expect(claimsOf(pair.access_token)).toMatchObject({ roles: ['user'], email: 'grace@example.org' });

    const answer = await service.api.get('/protected', pair.access_token).expect(200);
    expect(answer.body).toEqual({ logged_in_as: 'grace' });

    const next = (await service.api.refresh(pair.refresh_token).expect(200)).body as TokenPair;
    await service.api.delete('/access-revoke', next.access_token).expect(200);
    const denied = await service.api.get('/protected', next.access_token).expect(401);
    expect(denied.body).toMatchObject({ error: 'token_revoked' });

    service.clock.pass(900);
    const expired = await service.api.get('/protected', pair.access_token).expect(401);
    expect(expired.body).toMatchObject({ error: 'token_expired', message: 'The token has expired' });

    for (let attempt = 1; attempt <= 5; attempt++) await service.api.login(grace).expect(200);
    await service.api.login(grace).expect(429);

    // The login that its own limit refused is not counted here.
    // The requests above, but for the revocation, which has no limit.
    let answered = 11;
    while ((await service.api.get('/public')).status === 200) answered++;
    expect(answered).toBe(50);
    await service.stop();
  });
});
