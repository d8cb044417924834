import type { TokenPair } from '../../src/tokens/token-pair.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

describe('a client of FastAPI with a JWT library', () => {
  let service: TestApp;
  const signIn = async () => (await service.api.login(ada).expect(200)).body as TokenPair;

  beforeAll(async () => {
    service = await TestApp.start();
    await service.api.register(ada).expect(201);
  });
  afterAll(() => service.stop());

  it('signs in, reads its claims, and is told apart from who has no token', async () => {
    await service.api.login({ ...ada, password: 'not the password' }).expect(401);
    const { access_token } = await signIn();
    expect(Object.keys(claimsOf(access_token))).toEqual(
      expect.arrayContaining(['jti', 'iat', 'nbf', 'exp', 'type', 'fresh']),
    );
    expect(claimsOf(access_token)).toMatchObject({ type: 'access', fresh: true });
    expect((await service.api.get('/user', access_token).expect(200)).body).toEqual({ user: 'ada' });
    await service.api.get('/user').expect(401);
    expect((await service.api.get('/welcome').expect(200)).body).toEqual({ message: expect.any(String) });
    await service.api.get('/docs').expect(200);
  });

  it('uses each token only where it belongs', async () => {
    const { access_token, refresh_token } = await signIn();
    await service.api.get('/user', refresh_token).expect(401);
    await service.api.refresh(access_token).expect(401);
    const next = (await service.api.refresh(refresh_token).expect(200)).body as TokenPair;
    expect((await service.api.get('/user', next.access_token).expect(200)).body).toEqual({ user: 'ada' });
  });

  it('revokes each token, and it is refused from then on', async () => {
    const { access_token, refresh_token } = await signIn();
    const access = await service.api.delete('/access-revoke', access_token).expect(200);
    expect(access.body).toEqual({ detail: 'Access token has been revoked' });
    await service.api.get('/user', access_token).expect(401);
    const refresh = await service.api.delete('/refresh-revoke', refresh_token).expect(200);
    expect(refresh.body).toEqual({ detail: 'Refresh token has been revoked' });
    await service.api.refresh(refresh_token).expect(401);
  });

  it('checks only the types of token that the setting names', async () => {
    const lenient = await TestApp.start({ settings: { DENYLIST_TOKEN_CHECKS: 'refresh' } });
    const { access_token } = await lenient.api.signUp(ada);
    await lenient.api.delete('/access-revoke', access_token).expect(200);
    await lenient.api.get('/user', access_token).expect(200);
    await lenient.stop();
  });
});
