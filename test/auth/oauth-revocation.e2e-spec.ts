import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

describe('POST /revoke', () => {
  let service: TestApp;
  let pair: TokenPair;

  const revoke = (form: Record<string, string> | string) => service.api.postForm('/revoke', form);
  const expectRevoked = async (token: string, reason = 'revoked') => {
    const answer = await service.api.get('/protected', token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
    expect(answer.body).toMatchObject({ reason });
  };

  beforeAll(async () => {
    service = await TestApp.start();
    await service.api.register(ada).expect(201);
  });
  beforeEach(async () => {
    pair = await service.api.signIn(ada);
  });
  afterAll(() => service.stop());

  it('revokes an access token alone, for whoever holds it', async () => {
    const answer = await revoke({ token: pair.access_token }).expect(200);
    expect(answer.body).toEqual({});
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    await expectRevoked(pair.access_token);
    await service.api.renew(pair.refresh_token);
  });

  it('ends the session with a refresh token, its access tokens too (RFC 7009 §2.1)', async () => {
    const other = await service.api.signIn(ada);
    await revoke({ token: pair.refresh_token }).expect(200);
    await expectRevoked(pair.access_token);
    expect(refusal(await service.api.refresh(pair.refresh_token))).toEqual({
      status: 401,
      error: 'token_revoked',
    });
    await service.api.get('/protected', other.access_token).expect(200);
  });

  it('ends the session with a refresh token that was spent, and with one that was revoked alone', async () => {
    const next = await service.api.renew(pair.refresh_token);
    await revoke({ token: pair.refresh_token }).expect(200);
    await expectRevoked(next.access_token);
    await service.api.refresh(next.refresh_token).expect(401);

    const other = await service.api.signIn(ada);
    await service.api.delete('/refresh-revoke', other.refresh_token).expect(200);
    await service.api.get('/protected', other.access_token).expect(200);
    await revoke({ token: other.refresh_token }).expect(200);
    await expectRevoked(other.access_token);
  });

  it('keeps the first reason when a token was cut before', async () => {
    await service.api.post('/logout', undefined, pair.access_token).expect(204);
    await revoke({ token: pair.access_token }).expect(200);
    await revoke({ token: pair.refresh_token }).expect(200);
    await expectRevoked(pair.access_token, 'logout');
  });

  it.each(['access_token', 'refresh_token', 'something_else'])(
    'finds the token whatever the hint says: %s',
    async (token_type_hint) => {
      await revoke({ token: pair.access_token, token_type_hint, client_id: 'ignored' }).expect(200);
      await expectRevoked(pair.access_token);
    },
  );

  it.each(['unknown', 'a.b.c', 'x'.repeat(5000)])(
    'answers 200 for %.20j, as there is nothing to revoke',
    async (token) => {
      await revoke({ token }).expect(200);
    },
  );

  it('answers 200 for a token past its time', async () => {
    service.clock.pass(900);
    await revoke({ token: pair.access_token }).expect(200);
    await service.api.renew(pair.refresh_token);
  });

  it.each([
    ['is not valid yet by this clock', -10],
    ['has expired by this clock', 901],
  ])('revokes an access token that %s: another instance may accept it', async (_, seconds) => {
    service.clock.pass(seconds);
    await revoke({ token: pair.access_token }).expect(200);
    service.clock.pass(-seconds);
    await expectRevoked(pair.access_token);
    await service.api.renew(pair.refresh_token);
  });

  it.each([
    ['is not valid yet by this clock', -10],
    ['has expired by this clock', 2_592_001],
  ])('ends the session of a refresh token that %s', async (_, seconds) => {
    service.clock.pass(seconds);
    await revoke({ token: pair.refresh_token }).expect(200);
    service.clock.pass(-seconds);
    await expectRevoked(pair.access_token);
    expect(refusal(await service.api.refresh(pair.refresh_token))).toMatchObject({ error: 'token_revoked' });
  });

  it('keeps nothing of a token that expired long ago, and of one that is revoked already', async () => {
    const rows = () => service.query('SELECT id FROM revoked_tokens');
    const events = () => service.query("SELECT id FROM audit_events WHERE type = 'token_revoked'");
    await revoke({ token: pair.access_token }).expect(200);
    const [before, eventsBefore] = [await rows(), await events()];
    await revoke({ token: pair.access_token }).expect(200);
    const old = await service.api.signIn(ada);
    service.clock.pass(900 + 86_401);
    await revoke({ token: old.access_token }).expect(200);
    service.clock.pass(-900 - 86_401);
    expect(await rows()).toEqual(before);
    expect(await events()).toEqual(eventsBefore);
  });

  it('does not revoke what only looks like a token of ours', async () => {
    const [header, payload] = pair.access_token.split('.');
    await revoke({ token: `${String(header)}.${String(payload)}.AAAA` }).expect(200);
    await service.api.get('/protected', pair.access_token).expect(200);
  });

  it('refuses a request without a token, with two, and in another form, as RFC 6749 says', async () => {
    const twice = `token=${pair.access_token}&token=${pair.access_token}`;
    for (const answer of [
      await revoke({}),
      await revoke({ token: '' }),
      await revoke(twice),
      await service.api.post('/revoke', { token: pair.access_token }),
    ]) {
      expect(refusal(answer)).toEqual({ status: 400, error: 'invalid_request' });
      expect((answer.body as { error_description: unknown }).error_description).toEqual(expect.any(String));
    }
    await service.api.get('/protected', pair.access_token).expect(200);
  });
});
