import { ada } from '../support/people.js';
import { refusal } from '../support/api-client.js';
import { TestApp } from '../support/test-app.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';

describe('POST /token', () => {
  let service: TestApp;
  const { username, password } = ada;
  const token = (form: Record<string, string> | string) => service.api.postForm('/token', form);

  beforeAll(async () => {
    service = await TestApp.start();
    await service.api.register(ada).expect(201);
  });
  afterAll(() => service.stop());

  it('grants by password', async () => {
    const answer = await token({ grant_type: 'password', username, password }).expect(200);
    expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 900 });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('takes an absent grant_type with username and password for the password grant', async () => {
    await token({ username, password }).expect(200);
  });

  it('grants by refresh token', async () => {
    const pair = (await token({ username, password }).expect(200)).body as TokenPair;
    const next = await token({ grant_type: 'refresh_token', refresh_token: pair.refresh_token }).expect(200);
    expect((next.body as TokenPair).refresh_token).not.toBe(pair.refresh_token);
  });

  it('ignores parameters it does not know', async () => {
    await token({ grant_type: 'password', username, password, scope: '', client_id: 'docs' }).expect(200);
  });

  it('refuses a parameter that is sent twice, and ignores one that it does not know, however often', async () => {
    const twice = `grant_type=password&username=${username}&password=x&password=y`;
    expect(refusal(await token(twice))).toEqual({ status: 400, error: 'invalid_request' });
    const unknown = `username=${username}&password=${encodeURIComponent(password)}&a=a&a=b`;
    await token(unknown).expect(200);
  });

  it('takes an empty parameter for one that was left out, as FastAPI and Swagger send them', async () => {
    const empty = { scope: '', client_id: '', client_secret: '', refresh_token: '' };
    await token({ grant_type: '', username, password, ...empty }).expect(200);
    const without = await token({ grant_type: 'password', username, password: '' });
    expect(refusal(without)).toEqual({ status: 400, error: 'invalid_request' });
    await token(
      `grant_type=&grant_type=password&username=${username}&password=${encodeURIComponent(password)}`,
    ).expect(200);
  });

  it('grants no scope', async () => {
    const answer = await token({ grant_type: 'password', username, password, scope: 'orders:read' });
    expect(refusal(answer)).toEqual({ status: 400, error: 'invalid_scope' });
  });

  it('answers a wrong password with invalid_grant', async () => {
    const answer = await token({ grant_type: 'password', username, password: 'not the password' });
    expect(refusal(answer)).toEqual({ status: 400, error: 'invalid_grant' });
    expect(answer.body).toMatchObject({ error_description: 'The username or the password is wrong' });
  });

  it('answers a wrong password without a grant_type as the tutorials do', async () => {
    const answer = await token({ username, password: 'not the password' });
    expect(refusal(answer)).toEqual({ status: 401, error: 'invalid_credentials' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
  });

  it.each([
    ['an unknown grant_type', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    ['no parameter at all', {}, 'invalid_request'],
    ['no password', { grant_type: 'password', username: 'ada' }, 'invalid_request'],
    ['no refresh_token', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['a refresh_token that is none', { grant_type: 'refresh_token', refresh_token: 'abc' }, 'invalid_grant'],
  ])('refuses %s', async (_, form, error) => {
    const answer = await token(form);
    expect(refusal(answer)).toEqual({ status: 400, error });
    expect((answer.body as { error_description: string }).error_description).not.toBe('');
  });

  it('refuses an access token where the refresh token is due', async () => {
    const { access_token } = await service.api.signIn(ada);
    const answer = await token({ grant_type: 'refresh_token', refresh_token: access_token });
    expect(refusal(answer)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('refuses a JSON body', async () => {
    const answer = await service.api.post('/token', { grant_type: 'password', username, password });
    expect(refusal(answer)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('keeps the contract for what RFC 6749 does not speak of', async () => {
    const answer = await token({ username: 'x'.repeat(20_000) });
    expect(refusal(answer)).toEqual({ status: 413, error: 'payload_too_large' });
  });
});
