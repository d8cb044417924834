import type { Test } from 'supertest';
import { refusal } from '../support/api-client.js';
import { FixedClock } from '../support/fixed-clock.js';
import { ada, grace, type Person } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { ExpiredRowsSweeper } from '../../src/tokens/expired-rows.sweeper.js';
import { RevocationService } from '../../src/tokens/revocation.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { claimsOf } from '../support/tokens.js';

describe('revoking', () => {
  let service: TestApp;
  let person: Person;
  let pair: TokenPair;
  let other: TokenPair;
  let count = 0;

  const restart = async (settings: Record<string, string> = {}) => {
    const now = service.clock.now();
    service = await TestApp.start({ folder: await service.stopAndKeep(), settings });
    service.clock.pass((now.getTime() - service.clock.now().getTime()) / 1000);
  };
  const expectRevoked = async (token: string, reason: string) => {
    const answer = await service.api.get('/protected', token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
    expect(answer.body).toMatchObject({ reason });
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer realm="gatehouse", error="invalid_token", error_description=".+"$/,
    );
  };

  const expectUnrefreshable = async (token: string, reason: string) => {
    const answer = await service.api.refresh(token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
    expect(answer.body).toMatchObject({ reason });
  };

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(async () => {
    person = { ...ada, username: `ada-${String(++count)}` };
    pair = await service.api.signUp(person);
  });
  afterAll(() => service.stop());

  it('ends a session on logout: its access tokens, earlier ones too, and its refresh token', async () => {
    const next = await service.api.renew(pair.refresh_token);
    await service.api.post('/logout', undefined, next.access_token).expect(204);
    await expectRevoked(next.access_token, 'logout');
    await expectRevoked(pair.access_token, 'logout');
    await expectUnrefreshable(next.refresh_token, 'logout');
  });

  it('leaves other sessions alone on logout', async () => {
    const other = await service.api.signIn(person);
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    await service.api.get('/protected', other.access_token).expect(200);
    await service.api.renew(other.refresh_token);
  });

  it.each<[string, (refreshToken: string) => Test]>([
    ['as bearer', (token) => service.api.post('/logout', undefined, token)],
    ['in the body', (token) => service.api.post('/logout', { refresh_token: token })],
    [
      'in the body, beside an access token of another session',
      (token) => service.api.post('/logout', { refresh_token: token }, other.access_token),
    ],
  ])('ends the session of a refresh token that is presented for logout %s', async (_, logout) => {
    other = await service.api.signIn(person);
    await logout(pair.refresh_token).expect(204);
    await expectRevoked(pair.access_token, 'logout');
    await expectUnrefreshable(pair.refresh_token, 'logout');
    await service.api.get('/protected', other.access_token).expect(200);
    expect(refusal(await logout(pair.refresh_token))).toEqual({ status: 401, error: 'token_revoked' });
  });

  it.each([
    ['nonsense', 401, 'token_invalid'],
    ['', 401, 'token_missing'],
    [7, 400, 'validation_failed'],
  ])('refuses a logout with the refresh token %j', async (refresh_token, status, error) => {
    const answer = await service.api.post('/logout', { refresh_token }, pair.access_token);
    expect(refusal(answer)).toEqual({ status, error });
    await service.api.get('/protected', pair.access_token).expect(200);
  });

  it('needs a token for logout, and takes it once', async () => {
    expect(refusal(await service.api.post('/logout'))).toEqual({ status: 401, error: 'token_missing' });
    const more = await service.api.post('/logout', { all: true }, pair.access_token);
    expect(refusal(more)).toEqual({ status: 400, error: 'validation_failed' });
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    await service.api.post('/logout', undefined, pair.access_token).expect(401);
  });

  it('revokes one access token alone', async () => {
    const next = await service.api.renew(pair.refresh_token);
    const answer = await service.api.delete('/access-revoke', pair.access_token).expect(200);
    expect(answer.body).toEqual({ detail: 'Access token has been revoked' });
    await expectRevoked(pair.access_token, 'revoked');
    await service.api.get('/protected', next.access_token).expect(200);
    await service.api.renew(next.refresh_token);
  });

  it('revokes a refresh token: the session cannot be refreshed any more, and its access token lives on', async () => {
    const answer = await service.api.delete('/refresh-revoke', pair.refresh_token).expect(200);
    expect(answer.body).toEqual({ detail: 'Refresh token has been revoked' });
    await expectUnrefreshable(pair.refresh_token, 'revoked');
    expect(refusal(await service.api.delete('/refresh-revoke', pair.refresh_token))).toEqual({
      status: 401,
      error: 'token_revoked',
    });
    await service.api.get('/protected', pair.access_token).expect(200);
  });

  it('revokes what came of a refresh token that was spent already', async () => {
    const next = await service.api.renew(pair.refresh_token);
    await service.api.delete('/refresh-revoke', pair.refresh_token).expect(200);
    await expectUnrefreshable(next.refresh_token, 'revoked');
  });

  it('says the same of a session that is over, whether its rows were swept or not', async () => {
    const next = await service.api.renew(pair.refresh_token);
    await service.api.delete('/refresh-revoke', next.refresh_token).expect(200);
    service.clock.pass(900);
    await expectUnrefreshable(pair.refresh_token, 'session_ended');
    await service.sweep();
    await expectUnrefreshable(pair.refresh_token, 'session_ended');
  });

  it('wants the token of the right type', async () => {
    const access = await service.api.delete('/access-revoke', pair.refresh_token);
    expect(refusal(access)).toEqual({ status: 401, error: 'token_invalid' });
    const refresh = await service.api.delete('/refresh-revoke', pair.access_token);
    expect(refusal(refresh)).toEqual({ status: 401, error: 'token_invalid' });
    expect(refusal(await service.api.delete('/refresh-revoke'))).toEqual({
      status: 401,
      error: 'token_missing',
    });
  });

  it('remembers every revocation over a restart', async () => {
    const [loggedOut, accessRevoked, refreshRevoked] = [
      pair,
      await service.api.signIn(person),
      await service.api.signIn(person),
    ];
    await service.api.post('/logout', undefined, loggedOut.access_token).expect(204);
    await service.api.delete('/access-revoke', accessRevoked.access_token).expect(200);
    await service.api.delete('/refresh-revoke', refreshRevoked.refresh_token).expect(200);

    await restart();
    await expectRevoked(loggedOut.access_token, 'logout');
    await expectUnrefreshable(loggedOut.refresh_token, 'logout');
    await expectRevoked(accessRevoked.access_token, 'revoked');
    await expectUnrefreshable(refreshRevoked.refresh_token, 'revoked');
    await service.api.renew(accessRevoked.refresh_token);
  });

  it('holds for an access token of a longer ACCESS_TOKEN_TTL, though the answer it came with was repeated', async () => {
    await restart({ ACCESS_TOKEN_TTL: '1h' });
    const long = await service.api.renew(pair.refresh_token);
    await restart({ ACCESS_TOKEN_TTL: '5m' });
    const short = await service.api.renew(pair.refresh_token);
    await service.api.post('/logout', undefined, short.access_token).expect(204);
    service.clock.pass(901);
    await service.sweep();
    await expectRevoked(long.access_token, 'logout');
    await restart();
  });

  it('ends all sessions of a user but one, none of anybody else, and counts what it cut', async () => {
    const others = [await service.api.signIn(person), await service.api.signIn(person)];
    const stranger = await service.api.signUp(grace);
    const { sub, sid } = claimsOf(pair.access_token) as { sub: string; sid: string };

    const counts = await service.app
      .get(RevocationService)
      .endSessions({ userId: sub, exceptSessionId: sid }, 'session_ended');

    expect(counts).toEqual({ sessions: 2, refreshTokens: 2, accessTokens: 2 });
    for (const { access_token } of others) await expectRevoked(access_token, 'session_ended');
    await service.api.get('/protected', pair.access_token).expect(200);
    await service.api.get('/protected', stranger.access_token).expect(200);
  });

  it('forgets nothing because a clock is put forward and back', async () => {
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    const sweeper = service.app.get(ExpiredRowsSweeper);
    await service.sweep();
    service.clock.pass(3600);
    await sweeper.sweep();
    service.clock.pass(-3600);
    await expectRevoked(pair.access_token, 'logout');
    await restart();
    await expectRevoked(pair.access_token, 'logout');
  });

  it('forgets nothing because it was started while a clock was put forward', async () => {
    await service.api.delete('/access-revoke', pair.access_token).expect(200);
    const passed = (service.clock.now().getTime() - new FixedClock().now().getTime()) / 1000;
    const folder = await service.stopAndKeep();
    service = await TestApp.start({ folder, clockAhead: passed + 3600 });
    await service.app.get(ExpiredRowsSweeper).sweep();
    service.clock.pass(-3600);
    await expectRevoked(pair.access_token, 'revoked');
  });

  it('forgets revocations and sessions once they have expired, and nothing before', async () => {
    const alone = await TestApp.start();
    const revoked = await alone.api.signUp(ada);
    const lasting = await alone.api.signUp(grace);
    await alone.api.delete('/access-revoke', revoked.access_token).expect(200);
    const counts = async () => {
      const [row] = await alone.query<Record<string, number>>(
        'SELECT (SELECT count(*) FROM revoked_tokens) AS revoked, (SELECT count(*) FROM sessions) AS sessions, ' +
          '(SELECT count(*) FROM refresh_tokens) AS refresh',
      );
      return row;
    };
    const sweep = () => alone.sweep();

    await sweep();
    expect(await counts()).toEqual({ revoked: 1, sessions: 2, refresh: 2 });
    alone.clock.pass(900);
    await sweep();
    expect(await counts()).toEqual({ revoked: 0, sessions: 2, refresh: 2 });
    await alone.api.renew(lasting.refresh_token);
    alone.clock.pass(2_592_000 - 900);
    await sweep();
    expect(await counts()).toEqual({ revoked: 0, sessions: 1, refresh: 2 });
    await alone.stop();
  });
});

describe('DENYLIST_TOKEN_CHECKS', () => {
  const revokeBoth = async (service: TestApp): Promise<TokenPair> => {
    const pair = await service.api.signUp(ada);
    await service.api.delete('/access-revoke', pair.access_token).expect(200);
    await service.api.delete('/refresh-revoke', pair.refresh_token).expect(200);
    return pair;
  };

  it.each([
    ['access,refresh', 401],
    ['access', 401],
    ['refresh', 200],
    ['', 200],
  ])('set to "%s" answers a revoked access token with %i', async (checks, status) => {
    const service = await TestApp.start({ settings: { DENYLIST_TOKEN_CHECKS: checks } });
    const { access_token } = await revokeBoth(service);
    await service.api.get('/protected', access_token).expect(status);
    await service.stop();
  });

  it('never lets a revoked refresh token be spent, whatever it is set to', async () => {
    const service = await TestApp.start({ settings: { DENYLIST_TOKEN_CHECKS: '' } });
    const { refresh_token } = await revokeBoth(service);
    expect(refusal(await service.api.refresh(refresh_token))).toEqual({
      status: 401,
      error: 'token_revoked',
    });
    await service.stop();
  });
});
