import { TestApp } from '../support/test-app.js';
import { refusal } from '../support/api-client.js';

const path = '/.well-known/oauth-authorization-server';

const metadataUnder = async (settings: Record<string, string>) => {
  const service = await TestApp.start({ settings });
  const answer = await service.api.get(path);
  await service.stop();
  return answer;
};

describe('the authorization server metadata', () => {
  it('says where the endpoints are and what they take (RFC 8414)', async () => {
    const { status, headers, body } = await metadataUnder({});
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(body).toEqual({
      issuer: 'http://localhost:3000',
      token_endpoint: 'http://localhost:3000/token',
      token_endpoint_auth_methods_supported: ['none'],
      grant_types_supported: ['password', 'refresh_token'],
      response_types_supported: [],
      jwks_uri: 'http://localhost:3000/.well-known/jwks.json',
      revocation_endpoint: 'http://localhost:3000/revoke',
      revocation_endpoint_auth_methods_supported: ['none'],
      introspection_endpoint: 'http://localhost:3000/introspect',
      introspection_endpoint_auth_methods_supported: ['Bearer'],
      service_documentation: 'http://localhost:3000/docs',
    });
  });

  it('follows the issuer and the prefix', async () => {
    const { body } = await metadataUnder({ JWT_ISSUER: 'https://id.example.org/', API_PREFIX: 'auth/v1' });
    expect(body).toMatchObject({
      issuer: 'https://id.example.org/',
      token_endpoint: 'https://id.example.org/auth/v1/token',
      jwks_uri: 'https://id.example.org/.well-known/jwks.json',
    });
  });

  it('cannot be had from a service whose issuer is no URL', async () => {
    expect(refusal(await metadataUnder({ JWT_ISSUER: 'issuer' }))).toEqual({
      status: 404,
      error: 'not_found',
    });
  });

  it('names endpoints that are there', async () => {
    const service = await TestApp.start({ settings: { API_PREFIX: 'auth' } });
    const { body } = await service.api.get(path).expect(200);
    const { token_endpoint, revocation_endpoint, introspection_endpoint, jwks_uri, service_documentation } =
      body as Record<string, string>;
    const pathOf = (url: string | undefined) => new URL(url!).pathname;
    for (const endpoint of [token_endpoint, revocation_endpoint])
      await service.api.postForm(pathOf(endpoint), {}).expect(400);
    await service.api.postForm(pathOf(introspection_endpoint), {}).expect(401);
    await service.api.get(pathOf(jwks_uri)).expect(200);
    await service.api.get(pathOf(service_documentation)).expect(200);
    await service.stop();
  });
});
