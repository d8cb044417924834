import * as oauth from 'oauth4webapi';
import { freePort } from '../support/free-port.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

const client: oauth.Client = { client_id: 'some-client' };
// eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated as a warning: HTTP is for the loopback
const insecure = { [oauth.allowInsecureRequests]: true };

describe('oauth4webapi', () => {
  let service: TestApp;
  let server: oauth.AuthorizationServer;

  beforeAll(async () => {
    const port = await freePort();
    service = await TestApp.start({ port, settings: { JWT_ISSUER: `http://127.0.0.1:${String(port)}` } });
    await service.api.register(ada).expect(201);
    const issuer = new URL(service.url);
    const discovered = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' });
    server = await oauth.processDiscoveryResponse(issuer, discovered);
  });
  afterAll(() => service.stop());

  const signIn = async (password = ada.password) => {
    const parameters = { username: ada.username, password };
    const answer = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.None(),
      'password',
      parameters,
      insecure,
    );
    return oauth.processGenericTokenEndpointResponse(server, client, answer);
  };
  const refresh = async (refreshToken: string) => {
    const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, insecure);
    return oauth.processRefreshTokenResponse(server, client, answer);
  };

  it('signs in, refreshes, and is told by RFC 6749 what was refused', async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token!);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await expect(signIn('wrong')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh('unknown')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('revokes, which holds at once', async () => {
    const { access_token } = await signIn();
    const answer = await oauth.revocationRequest(server, client, oauth.None(), access_token, insecure);
    await oauth.processRevocationResponse(answer);
    await service.api.get('/protected', access_token).expect(401);
  });

  it('reads the challenge of a refused request', async () => {
    const url = new URL('/protected', service.url);
    const asking = oauth
      .protectedResourceRequest('unknown', 'GET', url, undefined, undefined, insecure)
      .then(() => undefined);
    await expect(asking).rejects.toMatchObject({
      name: 'WWWAuthenticateChallengeError',
      cause: [{ scheme: 'bearer', parameters: { realm: 'gatehouse', error: 'invalid_token' } }],
    });
  });
});
