import { AccountsService } from '../../src/auth/accounts.service.js';
import { RegistrationService } from '../../src/auth/registration.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { UsersService } from '../../src/users/users.service.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const gateway = { username: 'gateway', password: 'a service that asks for others' };
const inactive = { active: false };

describe('POST /introspect', () => {
  let service: TestApp;
  let pair: TokenPair;
  let asking: TokenPair;

  const start = async (settings: Record<string, string> = {}) => {
    const started = await TestApp.start({ settings });
    const registration = started.app.get(RegistrationService);
    await registration.register(gateway, ['user', 'introspect']);
    await registration.register(grace, ['user', 'admin']);
    await started.api.register(ada).expect(201);
    return started;
  };
  const ask = (form: Record<string, string>, as: string | undefined = asking.access_token, at = service) => {
    const request = at.api.postForm('/introspect', form);
    return as === '' ? request : request.set('Authorization', `Bearer ${as}`);
  };
  const introspect = async (token: string, token_type_hint?: string) =>
    (await ask({ token, ...(token_type_hint && { token_type_hint }) }).expect(200)).body as object;
  /** Introspects a token at another service than the one that the tests share. */
  const introspectAt = async (other: TestApp, token: string) => {
    const { access_token } = await other.api.signIn(gateway);
    return (await ask({ token }, access_token, other).expect(200)).body as object;
  };

  beforeAll(async () => {
    service = await start();
  });
  beforeEach(async () => {
    pair = await service.api.signIn(ada);
    asking = await service.api.signIn(gateway);
  });
  afterAll(() => service.stop());

  it('tells of an access token that holds what RFC 7662 lists', async () => {
    const { iss, aud, sub, jti, sid, iat, nbf, exp } = claimsOf(pair.access_token);
    expect(await introspect(pair.access_token)).toEqual({
      active: true,
      username: 'ada',
      token_type: 'bearer',
      ...{ iss, aud, sub, jti, sid, iat, nbf, exp },
      roles: ['user'],
    });
  });

  it('does so when the token carries neither name nor roles', async () => {
    const other = await start({ ACCESS_TOKEN_CLAIMS: '' });
    const { access_token } = await other.api.signIn(ada);
    expect(await introspectAt(other, access_token)).toMatchObject({ username: 'ada', roles: ['user'] });
    await other.stop();
  });

  it('tells of a refresh token only who asks for one, without roles, and only until it was used', async () => {
    const { iss, aud, sub, jti, sid, iat, nbf, exp } = claimsOf(pair.refresh_token);
    for (const hint of [undefined, 'access_token', 'something_else'])
      expect(await introspect(pair.refresh_token, hint)).toEqual(inactive);
    expect(await introspect(pair.refresh_token, 'refresh_token')).toEqual({
      active: true,
      username: 'ada',
      token_type: 'refresh_token',
      ...{ iss, aud, sub, jti, sid, iat, nbf, exp },
    });
    const next = await service.api.renew(pair.refresh_token);
    expect(await introspect(pair.refresh_token, 'refresh_token')).toEqual(inactive);
    expect(await introspect(next.refresh_token, 'refresh_token')).toMatchObject({ active: true });
  });

  it('tells of an access token whatever the hint says', async () => {
    expect(await introspect(pair.access_token, 'refresh_token')).toMatchObject({ token_type: 'bearer' });
  });

  it('tells of nothing else, nor why', async () => {
    const revoked = await service.api.signIn(ada);
    await service.api.delete('/access-revoke', revoked.access_token).expect(200);
    await service.api.delete('/refresh-revoke', revoked.refresh_token).expect(200);
    const ended = await service.api.signIn(ada);
    await service.api.post('/logout', undefined, ended.access_token).expect(204);
    const tokens = [revoked, ended].flatMap(({ access_token, refresh_token }) => [
      access_token,
      refresh_token,
    ]);
    for (const token of [...tokens, 'unknown', 'a.b.c', `${pair.access_token}x`])
      expect(await introspect(token)).toEqual(inactive);
  });

  it('tells nothing of a token past its time', async () => {
    service.clock.pass(900);
    asking = await service.api.signIn(gateway);
    expect(await introspect(pair.access_token)).toEqual(inactive);
  });

  it('tells nothing of a disabled user’s tokens, also where no token is held against the denylist', async () => {
    const other = await start({ DENYLIST_TOKEN_CHECKS: '' });
    const theirs = await other.api.signIn(ada);
    expect(await introspectAt(other, theirs.access_token)).toMatchObject({ active: true });
    const user = await other.app.get(UsersService).findByUsername('ada');
    await other.app.get(AccountsService).disable(user!);
    expect(await introspectAt(other, theirs.access_token)).toEqual(inactive);
    expect(await introspectAt(other, theirs.refresh_token)).toEqual(inactive);
    await other.stop();
  });

  it('counts as a use of the token: whoever asks has it from the client, who therefore got the answer', async () => {
    const next = await service.api.renew(pair.refresh_token);
    await introspect(next.access_token);
    service.clock.pass(11);
    expect(refusal(await service.api.refresh(pair.refresh_token))).toEqual({
      status: 401,
      error: 'refresh_token_reused',
    });
  });

  it('answers callers with the role admin or introspect alone', async () => {
    const admin = await service.api.signIn(grace);
    const token = pair.access_token;
    await ask({ token }, admin.access_token).expect(200);
    expect(refusal(await ask({ token }, pair.access_token))).toEqual({ status: 403, error: 'forbidden' });
    expect(refusal(await ask({ token }, ''))).toEqual({ status: 401, error: 'token_missing' });
    expect(refusal(await ask({ token }, asking.refresh_token))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
  });

  it('refuses a request without a token, as RFC 6749 says', async () => {
    const answer = await ask({});
    expect(refusal(answer)).toEqual({ status: 400, error: 'invalid_request' });
    expect(answer.body).toMatchObject({ error_description: 'token is missing' });
  });

  it('is not kept by anybody', async () => {
    const { headers } = await ask({ token: pair.access_token });
    expect(headers['cache-control']).toBe('no-store');
  });
});
