import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';

const changed = 'a wholly different phrase';

describe('changing the password', () => {
  let service: TestApp;
  let pair: TokenPair;

  const change = (body: object, token?: string) => service.api.post('/users/me/password', body, token);
  const passwords = { current_password: ada.password, new_password: changed };

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(async () => {
    await removeUsers(service);
    pair = await service.api.signUp(ada);
  });
  afterAll(() => service.stop());

  it('lets the new password in, and the old one no more', async () => {
    await change(passwords, pair.access_token).expect(204);
    await service.api.signIn({ ...ada, password: changed });
    expect(refusal(await service.api.login(ada))).toEqual({ status: 401, error: 'invalid_credentials' });
  });

  it('ends every other session of the user, says why, and leaves this one', async () => {
    const others = [await service.api.signIn(ada), await service.api.signIn(ada)];
    await change(passwords, pair.access_token).expect(204);
    for (const { access_token, refresh_token } of others) {
      const answer = await service.api.get('/protected', access_token);
      expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
      expect(answer.body).toMatchObject({ reason: 'password_changed' });
      expect((await service.api.refresh(refresh_token)).body).toMatchObject({ reason: 'password_changed' });
    }
    await service.api.get('/protected', pair.access_token).expect(200);
    await service.api.renew(pair.refresh_token);
  });

  it('wants the current password, and changes nothing without it', async () => {
    const other = await service.api.signIn(ada);
    const answer = await change({ ...passwords, current_password: 'a guess' }, pair.access_token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'invalid_credentials' });
    await service.api.get('/protected', other.access_token).expect(200);
    await service.api.signIn(ada);
  });

  it('wants a fresh token', async () => {
    service.clock.pass(301);
    expect(refusal(await change(passwords, pair.access_token))).toEqual({
      status: 401,
      error: 'fresh_token_required',
    });
    expect(refusal(await change(passwords))).toEqual({ status: 401, error: 'token_missing' });
  });

  it.each([
    ['too short', 'short'],
    ['common', 'password1'],
    ['with the username in it, in any case', 'I am ADA, the countess'],
  ])('refuses a new password that is %s', async (_, new_password) => {
    const answer = await change({ ...passwords, new_password }, pair.access_token);
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    expect(answer.body).toMatchObject({ details: [{ field: 'new_password' }] });
    await service.api.signIn(ada);
  });

  it('lets one of two racing changes win', async () => {
    const answers = await Promise.all(
      ['the first of two phrases', 'the second of two phrases'].map((new_password) =>
        change({ ...passwords, new_password }, pair.access_token),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
  });

  it('is in the audit trail with what it cut', async () => {
    await service.api.signIn(ada);
    await change(passwords, pair.access_token).expect(204);
    const events = await service.query<{ type: string; details: string }>(
      'SELECT type, details FROM audit_events ORDER BY seq DESC LIMIT 2',
    );
    expect(events.map(({ type }) => type)).toEqual(['sessions_ended', 'password_changed']);
    expect(JSON.parse(events[0]?.details ?? '')).toEqual({
      reason: 'password_changed',
      sessions: 1,
      refresh_tokens: 1,
      access_tokens: 1,
    });
  });

  it('counts a wrong current password as a failed sign-in', async () => {
    const limited = await TestApp.start({ settings: { THROTTLE_LOGIN: '5 per minute' } });
    const { access_token } = await limited.api.signUp(ada);
    const guess = () =>
      limited.api.post('/users/me/password', { ...passwords, current_password: 'a guess' }, access_token);
    for (let tries = 0; tries < 5; tries++) await guess().expect(401);
    await guess().expect(429);
    await limited.stop();
  });
});
