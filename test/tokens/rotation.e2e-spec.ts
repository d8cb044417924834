import { Agent } from 'node:http';
import { refusal } from '../support/api-client.js';
import { ada, type Person } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { SpentTokens } from '../../src/tokens/spent-tokens.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';

const reused = { status: 401, error: 'refresh_token_reused' };
const revoked = { status: 401, error: 'token_revoked' };
const jtiOf = ({ refresh_token }: TokenPair) => claimsOf(refresh_token).jti;

describe('refreshing', () => {
  let service: TestApp;
  let person: Person;
  let first: TokenPair;
  let count = 0;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(async () => {
    person = { ...ada, username: `ada-${String(++count)}` };
    first = await service.api.signUp(person);
  });
  afterAll(() => service.stop());

  it('takes the refresh token as bearer, and answers with the next pair', async () => {
    const next = await service.api.renew(first.refresh_token);
    expect(next).toMatchObject({ token_type: 'bearer', expires_in: 900, refresh_expires_in: 2_592_000 });
    expect(jtiOf(next)).not.toBe(jtiOf(first));
    await service.api.get('/protected', next.access_token).expect(200);
  });

  it('takes the refresh token in the body', async () => {
    await service.api.post('/refresh', { refresh_token: first.refresh_token }).expect(200);
  });

  it('keeps the session and the time of the password, and the new token is not fresh', async () => {
    const before = claimsOf(first.access_token);
    service.clock.pass(60);
    const after = claimsOf((await service.api.renew(first.refresh_token)).access_token);
    expect(after).toMatchObject({ sid: before['sid'], auth_time: before['auth_time'], fresh: false });
    expect(after.iat).toBe((before.iat ?? 0) + 60);
  });

  it('refuses an access token, and no token at all', async () => {
    expect(refusal(await service.api.refresh(first.access_token))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
    expect(refusal(await service.api.post('/refresh'))).toEqual({ status: 401, error: 'token_missing' });
  });

  it('refuses a body with anything else in it, and spends nothing by that', async () => {
    const { refresh_token } = first;
    const answer = await service.api.post('/refresh', { refresh_token, more: 1 });
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    const wrong = await service.api.post('/refresh', { refresh_token: 7 });
    expect(refusal(wrong)).toEqual({ status: 400, error: 'validation_failed' });
    await service.api.renew(refresh_token);
  });

  it('refuses a refresh token past its time', async () => {
    service.clock.pass(2_592_000);
    expect(refusal(await service.api.refresh(first.refresh_token))).toEqual({
      status: 401,
      error: 'token_expired',
    });
  });

  it('gives a client whose answer was lost the same successor, for an hour', async () => {
    const lost = await service.api.renew(first.refresh_token);
    service.clock.pass(3599);
    const again = await service.api.renew(first.refresh_token);
    expect(jtiOf(again)).toBe(jtiOf(lost));
    await service.api.get('/protected', again.access_token).expect(200);
    await service.api.renew(again.refresh_token);
  });

  it('does so no longer than that', async () => {
    await service.api.renew(first.refresh_token);
    service.clock.pass(3600);
    expect(refusal(await service.api.refresh(first.refresh_token))).toEqual(reused);
  });

  it('gives a second tab the same successor within the leeway, though the first tab uses its tokens', async () => {
    const one = await service.api.renew(first.refresh_token);
    await service.api.get('/protected', one.access_token).expect(200);
    service.clock.pass(9);
    const two = await service.api.renew(first.refresh_token);
    expect(jtiOf(two)).toBe(jtiOf(one));
  });

  it('takes an accepted access token for the proof that the answer arrived', async () => {
    const next = await service.api.renew(first.refresh_token);
    await service.api.get('/protected', next.access_token).expect(200);
    service.clock.pass(11);
    expect(refusal(await service.api.refresh(first.refresh_token))).toEqual(reused);
  });

  it('remembers that proof, also when it came with an earlier answer than the last, and over a restart', async () => {
    const next = await service.api.renew(first.refresh_token);
    await service.api.renew(first.refresh_token);
    await service.api.get('/protected', next.access_token).expect(200);
    service.clock.pass(11);
    const { clock } = service;
    service = await TestApp.start({ folder: await service.stopAndKeep() });
    service.clock.pass((clock.now().getTime() - service.clock.now().getTime()) / 1000);
    expect(refusal(await service.api.refresh(first.refresh_token))).toEqual(reused);
  });

  it('ends the whole session when the successor was used and its parent comes again, leeway or not', async () => {
    const second = await service.api.renew(first.refresh_token);
    const third = await service.api.renew(second.refresh_token);
    const answer = await service.api.refresh(first.refresh_token);
    expect(refusal(answer)).toEqual(reused);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    for (const token of [first, second, third].map(({ access_token }) => access_token)) {
      const refused = await service.api.get('/protected', token);
      expect(refusal(refused)).toEqual(revoked);
      expect(refused.body).toMatchObject({ reason: 'refresh_reuse' });
    }
    expect(refusal(await service.api.refresh(third.refresh_token))).toEqual(revoked);
  });

  describe('late, after the leeway,', () => {
    const by = (token: string, agent: string, ip = '127.0.0.1') =>
      service.api
        .refresh(token)
        .agent(new Agent({ localAddress: ip }))
        .set('User-Agent', agent);
    const refresh = async (...request: Parameters<typeof by>) =>
      (await by(...request).expect(200)).body as TokenPair;

    it('finds an owner and a thief who take turns at the second turn, and ends their session', async () => {
      const second = await refresh(first.refresh_token, 'owner');
      service.clock.pass(12);
      expect(jtiOf(await refresh(first.refresh_token, 'thief'))).toBe(jtiOf(second));
      service.clock.pass(12);
      await refresh(second.refresh_token, 'owner');
      service.clock.pass(12);
      expect(refusal(await by(second.refresh_token, 'thief'))).toEqual(reused);
      expect(refusal(await service.api.get('/protected', second.access_token))).toEqual(revoked);
    });

    it('finds them also where they have one user agent, in two networks', async () => {
      const second = await refresh(first.refresh_token, 'browser', '127.0.0.1');
      service.clock.pass(12);
      await refresh(first.refresh_token, 'browser', '127.0.1.1');
      await refresh(second.refresh_token, 'browser', '127.0.1.1');
      service.clock.pass(12);
      expect(refusal(await by(second.refresh_token, 'browser', '127.0.0.1'))).toEqual(reused);
    });

    it('signs out no client on a bad network, however often an answer is lost', async () => {
      let { refresh_token } = first;
      for (let generation = 0; generation < 4; generation++) {
        await refresh(refresh_token, 'train', '127.0.0.1');
        service.clock.pass(12);
        await refresh(refresh_token, 'train', '127.0.0.2');
        service.clock.pass(12);
        ({ refresh_token } = await refresh(refresh_token, 'train', '127.0.0.3'));
      }
      await service.api.get('/protected', (await refresh(refresh_token, 'train')).access_token).expect(200);
    });

    it('lets another address have its turn again after a generation without a late repeat', async () => {
      const second = await refresh(first.refresh_token, 'at home');
      service.clock.pass(12);
      await refresh(first.refresh_token, 'on the way');
      const third = await refresh(second.refresh_token, 'on the way');
      const fourth = await refresh(third.refresh_token, 'on the way');
      await refresh(fourth.refresh_token, 'on the way');
      service.clock.pass(12);
      await refresh(fourth.refresh_token, 'at home');
    });

    it('remembers the first late repeat for as long as the answer may be lost', async () => {
      const second = await refresh(first.refresh_token, 'owner');
      service.clock.pass(1000);
      await refresh(first.refresh_token, 'thief');
      await refresh(second.refresh_token, 'owner');
      service.clock.pass(1000);
      await service.app.get(SpentTokens).forget();
      expect(refusal(await by(second.refresh_token, 'thief'))).toEqual(reused);
    });

    it('tells the user of it, with the address and the user agent of both', async () => {
      await refresh(first.refresh_token, 'phone');
      service.clock.pass(5);
      await refresh(first.refresh_token, 'phone');
      service.clock.pass(12);
      const { access_token } = await refresh(first.refresh_token, 'desktop', '127.0.0.2');
      const { body } = await service.api.get('/users/me/security-events', access_token).expect(200);
      const repeated = (body as { events: { type: string }[] }).events.filter(
        ({ type }) => type === 'refresh_repeated',
      );
      expect(repeated).toHaveLength(1);
      expect(repeated[0]).toMatchObject({
        outcome: 'success',
        ip: '127.0.0.2',
        user_agent: 'desktop',
        details: {
          session_id: claimsOf(access_token)['sid'],
          jti: jtiOf(first),
          first_ip: '127.0.0.1',
          first_user_agent: 'phone',
        },
      });
    });

    it('shows the session with the address and the user agent seen last', async () => {
      const { access_token } = await refresh(first.refresh_token, 'desktop', '127.0.0.2');
      const { body } = await service.api.get('/users/me/sessions', access_token).expect(200);
      expect((body as { sessions: object[] }).sessions).toEqual([
        expect.objectContaining({ ip: '127.0.0.2', user_agent: 'desktop' }),
      ]);
    });
  });

  it('ends no other session by that', async () => {
    const other = await service.api.signIn(person);
    const second = await service.api.renew(first.refresh_token);
    await service.api.renew(second.refresh_token);
    expect(refusal(await service.api.refresh(first.refresh_token))).toEqual(reused);
    await service.api.get('/protected', other.access_token).expect(200);
    await service.api.renew(other.refresh_token);
  });

  it('writes the reuse into the audit trail', async () => {
    const second = await service.api.renew(first.refresh_token);
    await service.api.renew(second.refresh_token);
    await service.api.refresh(first.refresh_token).expect(401);
    const events = await service.query<{ type: string; details: string }>(
      'SELECT type, details FROM audit_events WHERE user_id = ? ORDER BY seq',
      [claimsOf(first.access_token).sub],
    );
    expect(events.map(({ type }) => type)).toEqual([
      'user_registered',
      'signed_in',
      'refresh_token_reused',
      'sessions_ended',
    ]);
    expect(JSON.parse(events.at(-1)?.details ?? '')).toEqual({
      reason: 'refresh_reuse',
      sessions: 1,
      refresh_tokens: 1,
      access_tokens: 3,
    });
  });

  it('keeps at most one row more of a session than access tokens live, however often it is refreshed', async () => {
    let pair = first;
    for (let minute = 0; minute < 120; minute++) {
      service.clock.pass(60);
      pair = await service.api.renew(pair.refresh_token);
    }
    await service.app.get(SpentTokens).forget();
    // A refresh a minute: 15 access tokens live, and the parent of the live refresh token stays.
    const [row] = await service.query<{ rows: number }>(
      'SELECT count(*) AS rows FROM refresh_tokens WHERE session_id = ?',
      [claimsOf(first.access_token)['sid']],
    );
    expect(row?.rows).toBeLessThanOrEqual(17);
  });

  it('forgets no token whose successor is unused, so that a lost response is repeated long after', async () => {
    const second = await service.api.renew(first.refresh_token);
    service.clock.pass(20 * 60);
    await service.app.get(SpentTokens).forget();
    const { jti } = claimsOf((await service.api.renew(first.refresh_token)).refresh_token);
    expect(jti).toBe(jtiOf(second));
  });

  it('lets the session live as long as its last token, and no longer by a repeat', async () => {
    const end = async () => {
      const [row] = await service.query<{ at: number }>(
        'SELECT expires_at AS at FROM sessions WHERE id = ?',
        [claimsOf(first.access_token)['sid']],
      );
      return Number(row?.at);
    };
    const second = await service.api.renew(first.refresh_token);
    const expected = Number(claimsOf(second.refresh_token).exp) * 1000;
    expect(await end()).toBe(expected);
    service.clock.pass(5);
    await service.api.renew(first.refresh_token);
    expect(await end()).toBe(expected);
    const third = await service.api.renew(second.refresh_token);
    expect(await end()).toBe(Number(claimsOf(third.refresh_token).exp) * 1000);
  });
});

describe('two hundred racing requests with one refresh token', () => {
  it.each<[string, Record<string, string>]>([
    ['the leeway', { REFRESH_RETRY_WINDOW: '0' }],
    ['the retry window', { REFRESH_REUSE_LEEWAY: '0' }],
  ])('get one successor, by %s alone', async (_, settings) => {
    const service = await TestApp.start({ settings });
    const first = await service.api.signUp(ada);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => service.api.renew(first.refresh_token)),
    );
    expect(new Set(answers.map(jtiOf)).size).toBe(1);
    expect(await service.query('SELECT count(*) AS rows FROM refresh_tokens')).toEqual([{ rows: 2 }]);
    await service.api.renew(answers[7]!.refresh_token);
    await service.stop();
  });
});

describe('refreshing with no leeway and no retry window', () => {
  it('lets one of two hundred racing requests win, and ends the session', async () => {
    const service = await TestApp.start({
      settings: { REFRESH_REUSE_LEEWAY: '0', REFRESH_RETRY_WINDOW: '0' },
    });
    const { refresh_token } = await service.api.signUp(ada);
    const answers = await Promise.all(Array.from({ length: 200 }, () => service.api.refresh(refresh_token)));

    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    const codes = answers.filter(({ status }) => status !== 200).map((answer) => refusal(answer));
    expect(codes).toContainEqual(reused);
    for (const code of codes) expect([reused, revoked]).toContainEqual(code);

    const winner = winners[0]?.body as TokenPair;
    expect(refusal(await service.api.get('/protected', winner.access_token))).toEqual(revoked);
    expect(refusal(await service.api.refresh(winner.refresh_token))).toEqual(revoked);
    await service.stop();
  });
});
