import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'supertest';
import { AccountsService } from '../../src/auth/accounts.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { UsersService } from '../../src/users/users.service.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { rounds } from '../support/rounds.js';
import { TestApp } from '../support/test-app.js';

const ROUNDS = rounds(25);
const AT_ONCE = 5;
const SIGN_INS = rounds(5);

/** What came of a refresh that raced a cut: tokens, or a refusal. */
type Refreshed = Partial<TokenPair>;

describe('a refresh that races a cut', () => {
  let service: TestApp;
  /** Every token that a cut, answered with 2xx, had to end. */
  let cut: Refreshed[];
  /** How many refreshes came before the cut, and how many after: a race that one side always wins shows nothing. */
  let won: number;
  let lost: number;
  /** How long the refresh waits, or else the cut, in ms: moved by each round so that both come at the same time. */
  let handicap: number;

  beforeEach(async () => {
    service = await TestApp.start();
    cut = [];
    won = 0;
    lost = 0;
    handicap = 0;
  });
  afterEach(() => service.stop());

  const api = () => service.api;
  const refreshSoon = async ({ refresh_token }: TokenPair): Promise<Refreshed> => {
    await sleep(Math.random() + Math.max(0, handicap));
    const { status, body } = await api().refresh(refresh_token);
    expect([200, 401]).toContain(status);
    if (status === 200) won++;
    else lost++;
    handicap += status === 200 ? 0.5 : -0.5;
    return body as Refreshed;
  };
  const cutSoon = async (cutting: () => PromiseLike<unknown>): Promise<void> => {
    await sleep(Math.random() + Math.max(0, -handicap));
    await cutting();
  };

  const race = async (session: TokenPair, cutting: () => PromiseLike<unknown>): Promise<void> => {
    const [refreshed] = await Promise.all([refreshSoon(session), cutSoon(cutting)]);
    for (const each of [session, refreshed]) {
      await expectDead(each);
      cut.push(each);
    }
  };

  const expectDead = async ({ access_token, refresh_token }: Refreshed): Promise<void> => {
    if (access_token !== undefined)
      expect(refusal(await api().get('/protected', access_token))).toEqual(revoked);
    if (refresh_token !== undefined) expect(refusal(await api().refresh(refresh_token))).toEqual(revoked);
  };
  const revoked = { status: 401, error: 'token_revoked' };

  const inRounds = async (round: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 0; n < ROUNDS; n += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => round(n + k)));
  };

  const expectRaced = (): void => {
    expect(won).toBeGreaterThan(ROUNDS / 20);
    expect(lost).toBeGreaterThan(ROUNDS / 20);
  };

  const expectDeadAfterRestart = async (): Promise<void> => {
    service = await TestApp.start({ folder: await service.stopAndKeep() });
    for (const each of cut) await expectDead(each);
  };

  it.each<[string, (session: TokenPair) => Test]>([
    ['logout', ({ access_token }) => api().post('/logout', undefined, access_token).expect(204)],
    ['/revoke', ({ refresh_token }) => api().postForm('/revoke', { token: refresh_token }).expect(200)],
  ])(
    'leaves no live token after the 2xx of %s, time after time, nor after a restart',
    async (_, end) => {
      await api().signUp(ada);
      await inRounds(async () => {
        const session = await api().signIn(ada);
        await race(session, () => end(session));
      });
      expectRaced();
      await expectDeadAfterRestart();
    },
    120_000,
  );

  it('leaves no live token of another session after the 204 of a password change, time after time', async () => {
    const phrases = ['correct horse battery staple', 'incorrect horse battery staple'] as const;
    let mine = await api().signUp(ada);
    for (let n = 0; n < ROUNDS; n++) {
      const [current_password, new_password] = n % 2 === 0 ? phrases : [phrases[1], phrases[0]];
      const other = await api().signIn({ ...ada, password: current_password });
      await race(other, () =>
        api().post('/users/me/password', { current_password, new_password }, mine.access_token).expect(204),
      );
      mine = await api().renew(mine.refresh_token);
    }
    expectRaced();
    await expectDeadAfterRestart();
    await api().renew(mine.refresh_token);
  });

  it('leaves no live token after an account was disabled, time after time', async () => {
    await api().signUp(ada);
    const user = (await service.app.get(UsersService).findByUsername(ada.username))!;
    const accounts = service.app.get(AccountsService);
    for (let n = 0; n < ROUNDS; n++) {
      const session = await api().signIn(ada);
      await race(session, () => accounts.disable(user));
      await accounts.enable(user);
    }
    expectRaced();
    await expectDeadAfterRestart();
  });

  it('leaves nothing to refresh with after the 200 of /refresh-revoke, time after time', async () => {
    await api().signUp(ada);
    await inRounds(async () => {
      const session = await api().signIn(ada);
      const [refreshed] = await Promise.all([
        refreshSoon(session),
        // A refresh that came first has spent the token, which may still be revoked.
        cutSoon(() => api().delete('/refresh-revoke', session.refresh_token).expect(200)),
      ]);
      for (const refresh_token of [session.refresh_token, refreshed.refresh_token])
        await expectDead({ refresh_token });
    });
    expectRaced();
  });
});

describe('a sign-in that races a change of the password', () => {
  it('gives out no live token for the former password, time after time', async () => {
    const service = await TestApp.start();
    const phrases = ['a ship in harbour is safe', 'a ship at sea is a ship'] as const;
    const mine = await service.api.signUp(grace);
    for (let n = 0; n < SIGN_INS; n++) {
      const [current_password, new_password] = n % 2 === 0 ? phrases : [phrases[1], phrases[0]];
      const [answer] = await Promise.all([
        sleep(Math.random() * 4).then(() => service.api.login({ ...grace, password: current_password })),
        service.api
          .post('/users/me/password', { current_password, new_password }, mine.access_token)
          .expect(204),
      ]);
      const { access_token, refresh_token } = answer.body as Refreshed;
      if (access_token !== undefined) await service.api.get('/protected', access_token).expect(401);
      if (refresh_token !== undefined) await service.api.refresh(refresh_token).expect(401);
    }
    await service.stop();
  });
});
