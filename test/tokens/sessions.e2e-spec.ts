import type { SessionProfile } from '../../src/tokens/session-profile.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { addSeconds } from '../../src/time/clock.js';
import { refusal } from '../support/api-client.js';
import { ada, grace, type Person } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const notFound = { status: 404, error: 'not_found' };
const sidOf = ({ access_token }: TokenPair) => claimsOf(access_token)['sid'] as string;

describe('the sessions of a user', () => {
  let service: TestApp;
  let person: Person;
  let start: Date;
  let laptop: TokenPair;
  let phone: TokenPair;
  let count = 0;

  /** The time as the service writes it, so many seconds after the test began. */
  const at = (seconds: number) => addSeconds(start, seconds).toISOString();
  /** Signs up another user of this test. */
  const signUpStranger = () =>
    service.api.signUp({ username: `grace-${String(count)}`, password: grace.password });

  const listFor = async ({ access_token }: TokenPair) => {
    const { body } = await service.api.get('/users/me/sessions', access_token).expect(200);
    return (body as { sessions: SessionProfile[] }).sessions;
  };
  const idsFor = async (pair: TokenPair) => (await listFor(pair)).map(({ id }) => id);

  /** The session is over: neither of its tokens holds, for this reason. */
  const expectEnded = async ({ access_token, refresh_token }: TokenPair, reason: string) => {
    for (const answer of [
      await service.api.get('/protected', access_token),
      await service.api.refresh(refresh_token),
    ]) {
      expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
      expect(answer.body).toMatchObject({ reason });
    }
  };
  const expectLive = async (pair: TokenPair) => {
    await service.api.get('/protected', pair.access_token).expect(200);
    await service.api.renew(pair.refresh_token);
  };

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(async () => {
    start = service.clock.now();
    person = { ...ada, username: `ada-${String(++count)}` };
    laptop = await service.api.signUp(person);
    service.clock.pass(60);
    const { body } = await service.api.login(person).set('User-Agent', 'a phone').expect(200);
    phone = body as TokenPair;
  });
  afterAll(() => service.stop());

  it('are listed with where and when, the one used last first, and which of them asks', async () => {
    expect(await listFor(laptop)).toEqual([
      {
        id: sidOf(phone),
        created_at: at(60),
        last_used_at: at(60),
        ip: '127.0.0.1',
        user_agent: 'a phone',
        current: false,
      },
      {
        id: sidOf(laptop),
        created_at: at(0),
        last_used_at: at(0),
        ip: '127.0.0.1',
        user_agent: null,
        current: true,
      },
    ]);
  });

  it('were last used when they were refreshed, not when a token of theirs was', async () => {
    service.clock.pass(60);
    await service.api.get('/protected', laptop.access_token).expect(200);
    expect((await listFor(laptop)).map(({ last_used_at }) => last_used_at)).toEqual([at(60), at(0)]);
    await service.api.renew(laptop.refresh_token);
    expect(await listFor(laptop)).toMatchObject([
      { id: sidOf(laptop), last_used_at: at(120) },
      { id: sidOf(phone), last_used_at: at(60) },
    ]);
  });

  it('were not used by a refresh that was refused', async () => {
    await service.api.delete('/refresh-revoke', laptop.refresh_token).expect(200);
    service.clock.pass(60);
    await service.api.refresh(laptop.refresh_token).expect(401);
    const [, old] = await listFor(laptop);
    expect(old).toMatchObject({ id: sidOf(laptop), last_used_at: at(0) });
  });

  it('are shown to nobody else', async () => {
    const stranger = await signUpStranger();
    expect(await idsFor(stranger)).toEqual([sidOf(stranger)]);
  });

  it('are no longer listed when they were ended, could not be refreshed any more, or expired', async () => {
    await service.api.post('/logout', undefined, phone.access_token).expect(204);
    expect(await idsFor(laptop)).toEqual([sidOf(laptop)]);

    const revoked = await service.api.signIn(person);
    await service.api.delete('/refresh-revoke', revoked.refresh_token).expect(200);
    expect(await idsFor(revoked)).toContain(sidOf(revoked));
    const later = await service.api.renew(laptop.refresh_token);
    service.clock.pass(899);
    const last = await service.api.renew(later.refresh_token);
    expect(await idsFor(last)).toContain(sidOf(revoked));
    service.clock.pass(1);
    expect(await idsFor(last)).toEqual([sidOf(laptop)]);

    service.clock.pass(2_592_000);
    expect(await idsFor(await service.api.signIn(person))).not.toContain(sidOf(laptop));
  });

  describe('of which there are many', () => {
    const signInTimes = async (times: number) => {
      const pairs: TokenPair[] = [];
      for (let n = 0; n < times; n++) {
        service.clock.pass(n % 3 === 0 ? 0 : 1);
        pairs.push(await service.api.signIn(person));
      }
      return pairs;
    };

    it('are listed a page at a time, each once', async () => {
      const pairs = [laptop, phone, ...(await signInTimes(7))];
      const pages: string[][] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await service.api
          .get(`/users/me/sessions?limit=2${query}`, laptop.access_token)
          .expect(200);
        const page = body as { sessions: SessionProfile[]; next_cursor: string | null };
        pages.push(page.sessions.map(({ id }) => id));
        cursor = page.next_cursor;
      }
      expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 2, 1]);
      expect(pages.flat()).toEqual(await idsFor(laptop));
      expect([...pages.flat()].sort()).toEqual(pairs.map(sidOf).sort());
    });

    it.each(['limit=0', 'limit=101', 'cursor=nonsense', 'cursor=c2Vzc2lvbnMgeCB5', 'page=2'])(
      'are not listed for %s',
      async (query) => {
        const answer = await service.api.get(`/users/me/sessions?${query}`, laptop.access_token);
        expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
      },
    );

    it('are at most MAX_SESSIONS: the next sign-in ends the one used longest ago', async () => {
      const small = await TestApp.start({ settings: { MAX_SESSIONS: '3' } });
      const [first, second, third] = [
        await small.api.signUp(person),
        await small.api.signIn(person),
        await small.api.signIn(person),
      ];
      small.clock.pass(1);
      const renewed = await small.api.renew(first.refresh_token);
      await small.api.signIn(person);
      const { body } = await small.api.get('/users/me/sessions', renewed.access_token).expect(200);
      const ids = (body as { sessions: SessionProfile[] }).sessions.map(({ id }) => id);
      expect(ids).toHaveLength(3);
      expect(ids).toContain(sidOf(first));
      const ended = [second, third].filter((pair) => !ids.includes(sidOf(pair)));
      expect(ended).toHaveLength(1);
      const answer = await small.api.get('/protected', ended[0]!.access_token);
      expect(answer.body).toMatchObject({ error: 'token_revoked', reason: 'session_ended' });
      await small.stop();
    });

    it('are at most MAX_SESSIONS, however many sign in at the same moment', async () => {
      const small = await TestApp.start({ settings: { MAX_SESSIONS: '3' } });
      await small.api.register(person).expect(201);
      await Promise.all(Array.from({ length: 12 }, () => small.api.signIn(person)));
      const live = await small.query('SELECT id FROM sessions WHERE ended_at IS NULL');
      expect(live).toHaveLength(3);
      await small.stop();
    });
  });

  it('can be ended one by one, with all of their tokens', async () => {
    const renewed = await service.api.renew(phone.refresh_token);
    await service.api.delete(`/users/me/sessions/${sidOf(phone)}`, laptop.access_token).expect(204);
    await expectEnded(renewed, 'session_ended');
    await expectEnded(phone, 'session_ended');
    await expectLive(laptop);
  });

  it('can be ended from within', async () => {
    await service.api.delete(`/users/me/sessions/${sidOf(laptop)}`, laptop.access_token).expect(204);
    await expectEnded(laptop, 'session_ended');
    await expectLive(phone);
  });

  it('are not found when they are unknown, ended before, or somebody else’s, which then goes on', async () => {
    const stranger = await signUpStranger();
    const end = async (id: string) =>
      refusal(await service.api.delete(`/users/me/sessions/${id}`, laptop.access_token));
    expect(await end(sidOf(stranger))).toEqual(notFound);
    await expectLive(stranger);
    expect(await end('00000000-0000-4000-8000-000000000000')).toEqual(notFound);
    expect(await end("'%20OR%201=1--")).toEqual(notFound);
    await service.api.delete(`/users/me/sessions/${sidOf(phone)}`, laptop.access_token).expect(204);
    expect(await end(sidOf(phone))).toEqual(notFound);
  });

  it('can all be ended but the one that asks', async () => {
    const tablet = await service.api.signIn(person);
    const stranger = await signUpStranger();
    await service.api.delete('/users/me/sessions', laptop.access_token).expect(204);
    await expectEnded(phone, 'session_ended');
    await expectEnded(tablet, 'session_ended');
    await expectLive(laptop);
    await expectLive(stranger);
  });

  it('all end on logout-all, the one that asks too', async () => {
    const stranger = await signUpStranger();
    await service.api.post('/logout-all', undefined, laptop.access_token).expect(204);
    await expectEnded(laptop, 'logout');
    await expectEnded(phone, 'logout');
    await expectLive(stranger);
    await service.api.signIn(person);
  });

  it('need an access token, and take no other', async () => {
    const sessions = '/users/me/sessions';
    for (const token of [undefined, laptop.refresh_token]) {
      const error = token === undefined ? 'token_missing' : 'token_invalid';
      expect(refusal(await service.api.get(sessions, token))).toEqual({ status: 401, error });
      expect(refusal(await service.api.delete(sessions, token))).toEqual({ status: 401, error });
      expect(refusal(await service.api.delete(`${sessions}/${sidOf(phone)}`, token))).toEqual({
        status: 401,
        error,
      });
      expect(refusal(await service.api.post('/logout-all', undefined, token))).toEqual({
        status: 401,
        error,
      });
    }
    await expectLive(phone);
  });

  it('that are ended are counted in the audit trail, with the reason', async () => {
    await service.api.renew(phone.refresh_token);
    await service.api.post('/logout-all', undefined, laptop.access_token).expect(204);
    const [event] = await service.query<{ details: string }>(
      "SELECT details FROM audit_events WHERE type = 'sessions_ended' AND user_id = ?",
      [claimsOf(laptop.access_token).sub],
    );
    expect(JSON.parse(event?.details ?? '')).toEqual({
      reason: 'logout',
      sessions: 2,
      refresh_tokens: 2,
      access_tokens: 3,
    });
  });
});
