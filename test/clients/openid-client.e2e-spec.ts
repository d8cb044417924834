import * as client from 'openid-client';
import { RegistrationService } from '../../src/auth/registration.service.js';
import { freePort } from '../support/free-port.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

describe('openid-client', () => {
  let service: TestApp;
  let config: client.Configuration;

  const discover = (authentication: client.ClientAuth) =>
    client.discovery(new URL(service.url), 'some-client', undefined, authentication, {
      algorithm: 'oauth2',
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated as a warning: HTTP is for the loopback
      execute: [client.allowInsecureRequests],
    });

  beforeAll(async () => {
    const port = await freePort();
    service = await TestApp.start({ port, settings: { JWT_ISSUER: `http://127.0.0.1:${String(port)}` } });
    await service.api.register(ada).expect(201);
    await service.app.get(RegistrationService).register(grace, ['user', 'admin']);
    config = await discover(client.None());
  });
  afterAll(() => service.stop());

  const signIn = () => client.genericGrantRequest(config, 'password', { ...ada });

  it('finds the endpoints by the metadata', () => {
    expect(config.serverMetadata()).toMatchObject({
      issuer: service.url,
      token_endpoint: `${service.url}/token`,
    });
  });

  it('signs in with the password grant, and reads how long the token holds', async () => {
    const tokens = await signIn();
    expect(tokens.token_type).toBe('bearer');
    expect(tokens.expiresIn()).toBeGreaterThan(890);
    await service.api.get('/protected', tokens.access_token).expect(200);
  });

  it('is told that a password is wrong by the error of RFC 6749', async () => {
    const wrong = client.genericGrantRequest(config, 'password', { ...ada, password: 'wrong' });
    await expect(wrong).rejects.toMatchObject({
      name: 'ResponseBodyError',
      error: 'invalid_grant',
      status: 400,
    });
  });

  it('refreshes, and is told of a reuse', async () => {
    const first = await signIn();
    const second = await client.refreshTokenGrant(config, first.refresh_token!);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await client.refreshTokenGrant(config, second.refresh_token!);
    const again = client.refreshTokenGrant(config, first.refresh_token!);
    await expect(again).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('fetches a protected resource with an access token', async () => {
    const { access_token } = await signIn();
    const url = new URL('/users/me', service.url);
    const answer = await client.fetchProtectedResource(config, access_token, url, 'GET');
    expect(await answer.json()).toMatchObject({ username: 'ada' });
  });

  it('revokes either token', async () => {
    const tokens = await signIn();
    await client.tokenRevocation(config, tokens.access_token);
    await service.api.get('/protected', tokens.access_token).expect(401);
    await client.tokenRevocation(config, tokens.refresh_token!, { token_type_hint: 'refresh_token' });
    await service.api.refresh(tokens.refresh_token!).expect(401);
  });

  it('introspects as a caller with the role for it', async () => {
    const { access_token: adminToken } = await service.api.signIn(grace);
    const asAdmin = await discover((_server, _client, _body, headers) => {
      headers.set('Authorization', `Bearer ${adminToken}`);
    });
    const tokens = await signIn();
    expect(await client.tokenIntrospection(asAdmin, tokens.access_token)).toMatchObject({
      active: true,
      username: 'ada',
    });
    await client.tokenRevocation(config, tokens.refresh_token!);
    expect(await client.tokenIntrospection(asAdmin, tokens.access_token)).toEqual({ active: false });
  });
});
