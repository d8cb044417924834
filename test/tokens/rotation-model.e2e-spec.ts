import fc from 'fast-check';
import type { Response } from 'supertest';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import {
  RotationModel,
  type AccessVerdict,
  type ModelAccessToken,
  type ModelRefreshToken,
  type Rules,
} from '../support/rotation-model.js';
import { rounds } from '../support/rounds.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const RUNS = rounds(5);
/** A difference is made as small as this time allows; without one, the runs take a few seconds. */
const SHRINK_WITHIN_MS = 60_000;
const password = 'correct horse battery staple';
const holders = ['phone', 'laptop', 'thief'] as const;
type Holder = (typeof holders)[number];

/** A token as the service gave it out, beside what the model knows of it. */
interface Held<T> {
  readonly token: string;
  readonly model: T;
}

/** What a holder has: the last is what it would use, the others it should have forgotten. */
interface Purse {
  readonly refresh: Held<ModelRefreshToken>[];
  readonly access: Held<ModelAccessToken>[];
}

type Cut = 'logout' | 'logout-all' | 'access-revoke' | 'refresh-revoke' | 'revoke';

/** `back` counts from the newest token a holder has. */
type Step =
  | { readonly do: 'sign in'; readonly who: Holder }
  | { readonly do: 'refresh'; readonly who: Holder; back: number; racers: number; lost: boolean }
  | { readonly do: 'use'; readonly who: Holder; back: number }
  | { readonly do: Cut; readonly who: Holder; back: number }
  | { readonly do: 'steal'; readonly from: Holder }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'sweep' };

const clients = fc.constantFrom<Holder>('phone', 'laptop');
const anybody = fc.constantFrom(...holders);
// Mostly the newest token or its parent, where the rules differ; some older.
const back = fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2, 3);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sign in' as const), who: clients }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('refresh' as const),
      who: anybody,
      back,
      racers: fc.oneof(
        { weight: 3, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.integer({ min: 2, max: 4 }) },
      ),
      lost: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use' as const), who: anybody, back }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom<Cut>('logout', 'logout-all', 'access-revoke', 'refresh-revoke', 'revoke'),
      who: anybody,
      back,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('steal' as const), from: clients }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(1, 9, 10, 11, 12) },
        { weight: 3, arbitrary: fc.constantFrom(60, 899, 900, 3599, 3600) },
        { weight: 1, arbitrary: fc.constantFrom(86_400, 2_592_000) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);

/** One run: the service and the model, side by side, with a user of its own. */
class Interleaving {
  private readonly model: RotationModel;
  private readonly purses: Record<Holder, Purse>;
  private readonly jtis = new Map<ModelRefreshToken, string>();

  constructor(
    private readonly service: TestApp,
    private readonly username: string,
    rules: Rules,
  ) {
    this.model = new RotationModel(rules);
    const empty = (): Purse => ({ refresh: [], access: [] });
    this.purses = { phone: empty(), laptop: empty(), thief: empty() };
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.service.api.register({ username: this.username, password }).expect(201);
    await this.signIn('phone');
    for (const each of steps) await this.take(each);
    await this.expectNoFork();
  }

  private async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'sign in':
        return this.signIn(step.who);
      case 'refresh':
        return this.refresh(step);
      case 'use':
        return this.present(this.access(step), 'use');
      case 'logout':
      case 'logout-all':
      case 'access-revoke':
        return this.present(this.access(step), step.do);
      case 'refresh-revoke':
      case 'revoke':
        return this.revoke(this.refreshToken(step), step.do);
      case 'steal':
        this.steal(step.from);
        return;
      case 'wait':
        this.service.clock.pass(step.seconds);
        this.model.now += step.seconds;
        return;
      case 'sweep':
        return this.service.sweep();
    }
  }

  private async signIn(who: Holder): Promise<void> {
    const pair = await this.service.api.signIn({ username: this.username, password });
    this.receive(who, pair, this.model.signIn());
  }

  private async refresh({ racers, lost, ...which }: Extract<Step, { do: 'refresh' }>): Promise<void> {
    const held = this.refreshToken(which);
    if (!held) return;
    const requests = Array.from({ length: racers }, () =>
      this.service.api.refresh(held.token).set('User-Agent', which.who),
    );
    const answers = await Promise.all(requests);
    const verdicts = requests.map(() => this.model.refresh(held.model, which.who));

    const refusals = verdicts.filter((verdict) => typeof verdict === 'string');
    expect(
      answers
        .filter(({ status }) => status !== 200)
        .map(codeOf)
        .sort(),
    ).toEqual(refusals.sort());
    const successor = verdicts.find((verdict) => typeof verdict !== 'string');
    if (successor === undefined) return;
    for (const { body } of answers.filter(({ status }) => status === 200)) {
      const pair = body as TokenPair;
      this.expectSameToken(successor, pair);
      if (lost) this.jtis.set(successor, jtiOf(pair));
      else this.receive(which.who, pair, successor);
    }
  }

  private async present(
    held: Held<ModelAccessToken> | undefined,
    action: 'use' | 'logout' | 'logout-all' | 'access-revoke',
  ): Promise<void> {
    if (!held) return;
    const { api } = this.service;
    const { token, model } = held;
    const actions: Record<typeof action, () => [PromiseLike<Response>, AccessVerdict]> = {
      use: () => [api.get('/protected', token), this.model.use(model)],
      logout: () => [api.post('/logout', undefined, token), this.model.logout(model)],
      'logout-all': () => [api.post('/logout-all', undefined, token), this.model.logoutAll(model)],
      'access-revoke': () => [api.delete('/access-revoke', token), this.model.revokeAccess(model)],
    };
    const [answer, verdict] = actions[action]();
    expect(codeOf(await answer)).toBe(verdict);
  }

  private async revoke(
    held: Held<ModelRefreshToken> | undefined,
    action: 'refresh-revoke' | 'revoke',
  ): Promise<void> {
    if (!held) return;
    if (action === 'revoke') {
      await this.service.api.postForm('/revoke', { token: held.token }).expect(200);
      this.model.revokeSession(held.model);
      return;
    }
    const answer = await this.service.api.delete('/refresh-revoke', held.token);
    expect(codeOf(answer)).toBe(this.model.revokeRefresh(held.model));
  }

  private steal(from: Holder): void {
    const { refresh, access } = this.purses[from];
    this.purses.thief.refresh.push(...refresh.slice(-1));
    this.purses.thief.access.push(...access.slice(-1));
  }

  private receive(who: Holder, pair: TokenPair, model: ModelRefreshToken): void {
    this.jtis.set(model, jtiOf(pair));
    this.purses[who].refresh.push({ token: pair.refresh_token, model });
    this.purses[who].access.push({ token: pair.access_token, model: this.model.accessTokenBeside(model) });
  }

  /** The successor that the model speaks of: the one given out before, or one never seen. */
  private expectSameToken(successor: ModelRefreshToken, pair: TokenPair): void {
    const before = this.jtis.get(successor);
    if (before === undefined) expect([...this.jtis.values()]).not.toContain(jtiOf(pair));
    else expect(jtiOf(pair)).toBe(before);
    this.jtis.set(successor, jtiOf(pair));
  }

  private access({ who, back }: { who: Holder; back: number }): Held<ModelAccessToken> | undefined {
    return this.purses[who].access.at(-1 - back);
  }

  private refreshToken({ who, back }: { who: Holder; back: number }): Held<ModelRefreshToken> | undefined {
    return this.purses[who].refresh.at(-1 - back);
  }

  private async expectNoFork(): Promise<void> {
    const forked = await this.service.query(
      'SELECT session_id FROM refresh_tokens WHERE used_at IS NULL GROUP BY session_id HAVING count(*) > 1',
    );
    expect(forked).toEqual([]);
  }
}

const jtiOf = ({ refresh_token }: TokenPair) => String(claimsOf(refresh_token).jti);
const codeOf = (answer: Response): unknown => (answer.status < 300 ? 'accepted' : refusal(answer).error);

describe('two clients and a thief', () => {
  let service: TestApp;

  afterEach(() => service.stop());

  it.each<[number, number]>([
    [10, 3600],
    [10, 0],
    [0, 3600],
    [0, 0],
  ])(
    'never find the service differing from the rules, with a leeway of %i s and a retry window of %i s',
    async (leeway, retryWindow) => {
      service = await TestApp.start({
        settings: { REFRESH_REUSE_LEEWAY: String(leeway), REFRESH_RETRY_WINDOW: String(retryWindow) },
      });
      const rules = { leeway, retryWindow, accessTtl: 900, refreshTtl: 2_592_000 };
      let runs = 0;
      const differsNever = fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
        (steps) => new Interleaving(service, `user-${String(++runs)}`, rules).run(steps),
      );
      await fc.assert(differsNever, { numRuns: RUNS, interruptAfterTimeLimit: SHRINK_WITHIN_MS });
    },
    120_000,
  );
});
