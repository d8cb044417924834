import { Controller, Get } from '@nestjs/common';
import { FreshToken } from '../../src/access/fresh-token.decorator.js';
import { AccountsService } from '../../src/auth/accounts.service.js';
import type { AccessTokenAnswer, TokenPair } from '../../src/tokens/token-pair.js';
import { UsersService } from '../../src/users/users.service.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

@FreshToken()
@Controller('sensitive')
class SensitiveController {
  @Get()
  sensitive(): string {
    return 'for whoever gave the password lately';
  }
}

const controllers = [SensitiveController];

describe('giving the password again', () => {
  let service: TestApp;
  let pair: TokenPair;

  const post = (body: object, token?: string) => service.api.post('/reauthenticate', body, token);
  const reauthenticate = async ({ access_token }: { access_token: string }) =>
    (await post({ password: ada.password }, access_token).expect(200)).body as AccessTokenAnswer;
  const stored = async () => (await service.app.get(UsersService).findByUsername('ada'))!;

  beforeAll(async () => {
    service = await TestApp.start({ controllers });
  });
  beforeEach(async () => {
    await removeUsers(service);
    pair = await service.api.signUp(ada);
    service.clock.pass(301);
  });
  afterAll(() => service.stop());

  it('opens a sensitive route that the older proof does not open any more', async () => {
    const refused = await service.api.get('/sensitive', pair.access_token);
    expect(refusal(refused)).toEqual({ status: 401, error: 'fresh_token_required' });
    expect(refused.headers['www-authenticate']).toMatch(
      /^Bearer realm="gatehouse", error="insufficient_user_authentication", error_description=".+", max_age="300"$/,
    );
    const fresh = await reauthenticate(pair);
    await service.api.get('/sensitive', fresh.access_token).expect(200);
    service.clock.pass(300);
    await service.api.get('/sensitive', fresh.access_token).expect(200);
    service.clock.pass(1);
    await service.api.get('/sensitive', fresh.access_token).expect(401);
  });

  it('answers with an access token alone, fresh, of the same session', async () => {
    const answer = await reauthenticate(pair);
    expect(Object.keys(answer).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
    expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 900 });
    const [before, after] = [claimsOf(pair.access_token), claimsOf(answer.access_token)];
    expect(after).toMatchObject({ sid: before['sid'], sub: before.sub, fresh: true });
    expect(after['auth_time']).toBe((before['auth_time'] as number) + 301);
    expect(after.jti).not.toBe(before.jti);
  });

  it('revokes the access token it was given with, and says why', async () => {
    await reauthenticate(pair);
    const answer = await service.api.get('/protected', pair.access_token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
    expect(answer.body).toMatchObject({ reason: 'reauthenticated' });
  });

  it('leaves the refresh token good, and a refresh keeps the time of the new proof without being fresh', async () => {
    const fresh = await reauthenticate(pair);
    const at = claimsOf(fresh.access_token)['auth_time'];
    service.clock.pass(60);
    const next = await service.api.renew(pair.refresh_token);
    expect(claimsOf(next.access_token)).toMatchObject({ auth_time: at, fresh: false });
    await service.api.get('/sensitive', next.access_token).expect(200);
    service.clock.pass(241);
    const later = await service.api.renew(next.refresh_token);
    expect(claimsOf(later.access_token)).toMatchObject({ auth_time: at, fresh: false });
    expect(refusal(await service.api.get('/sensitive', later.access_token))).toEqual({
      status: 401,
      error: 'fresh_token_required',
    });
  });

  it('does not make other sessions of the user fresh', async () => {
    service.clock.pass(-301);
    const other = await service.api.signIn(ada);
    service.clock.pass(301);
    await reauthenticate(pair);
    await service.api.get('/sensitive', other.access_token).expect(401);
    const renewed = await service.api.renew(other.refresh_token);
    await service.api.get('/sensitive', renewed.access_token).expect(401);
  });

  it('gives a token that ends with its session', async () => {
    const fresh = await reauthenticate(pair);
    await service.api.post('/logout', undefined, fresh.access_token).expect(204);
    expect(refusal(await service.api.get('/protected', fresh.access_token))).toEqual({
      status: 401,
      error: 'token_revoked',
    });
  });

  it('gives a token that ends with its session also where the refresh token was revoked long before', async () => {
    await service.api.delete('/refresh-revoke', pair.refresh_token).expect(200);
    service.clock.pass(500);
    const fresh = await reauthenticate(pair);
    service.clock.pass(500);
    const fresher = await reauthenticate(fresh);
    await service.api.post('/logout', undefined, fresher.access_token).expect(204);
    await service.api.get('/protected', fresher.access_token).expect(401);
  });

  it('is refused with a wrong password, and then changes nothing', async () => {
    const answer = await post({ password: 'not the password' }, pair.access_token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'invalid_credentials' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
    await service.api.get('/protected', pair.access_token).expect(200);
    await service.api.get('/sensitive', pair.access_token).expect(401);
  });

  it('wants the password of the token’s own user', async () => {
    await service.api.signUp(grace);
    expect(refusal(await post({ password: grace.password }, pair.access_token))).toEqual({
      status: 401,
      error: 'invalid_credentials',
    });
  });

  it('wants an access token that holds, a password, and nothing else', async () => {
    const { password } = ada;
    expect(refusal(await post({ password }))).toEqual({ status: 401, error: 'token_missing' });
    expect(refusal(await post({ password }, pair.refresh_token))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
    for (const body of [{}, { password: 1 }, { password, username: 'ada' }, { password: '' }])
      expect(refusal(await post(body, pair.access_token))).toEqual({
        status: 400,
        error: 'validation_failed',
      });
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    expect(refusal(await post({ password }, pair.access_token))).toEqual({
      status: 401,
      error: 'token_revoked',
    });
  });

  it('that races the end of the session never leaves a token alive', async () => {
    for (let round = 0; round < 20; round++) {
      const raced = await service.api.signIn(ada);
      const [answer] = await Promise.all([
        post({ password: ada.password }, raced.access_token),
        service.api.post('/logout', undefined, raced.access_token),
      ]);
      expect([200, 401]).toContain(answer.status);
      const { access_token } = answer.body as { access_token?: string };
      const ended = await service.api.refresh(raced.refresh_token);
      // Either the logout came second and the session is over, or its token was revoked before it came.
      if (access_token && ended.status === 401) await service.api.get('/protected', access_token).expect(401);
    }
  });

  it('that races a password change with the old password never leaves a token alive', async () => {
    const accounts = service.app.get(AccountsService);
    const passwords = [ada.password, 'an entirely different phrase'] as const;
    for (let round = 0; round < 20; round++) {
      const [old, changed] = round % 2 === 0 ? passwords : [passwords[1], passwords[0]];
      const raced = await service.api.signIn({ username: 'ada', password: old });
      service.clock.pass(1);
      const [answer] = await Promise.all([
        post({ password: old }, raced.access_token),
        accounts.setPassword(await stored(), changed),
      ]);
      const { access_token } = answer.body as { access_token?: string };
      if (access_token) await service.api.get('/protected', access_token).expect(401);
      await service.api.get('/protected', raced.access_token).expect(401);
    }
  });
});

describe('guessing a password by giving it again', () => {
  it('is limited as a sign-in is, for each user apart', async () => {
    const service = await TestApp.start({ settings: { THROTTLE_LOGIN: '3 per minute' } });
    const [one, two] = [await service.api.signUp(ada), await service.api.signUp(grace)];
    const guess = ({ access_token }: TokenPair) =>
      service.api.post('/reauthenticate', { password: 'a guess' }, access_token);
    for (let attempt = 0; attempt < 3; attempt++) await guess(one).expect(401);
    const limited = await guess(one);
    expect(refusal(limited)).toEqual({ status: 429, error: 'rate_limited' });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    await guess(two).expect(401);
    await service.stop();
  });
});
