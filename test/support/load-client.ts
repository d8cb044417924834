import type { Response, Test } from 'supertest';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal, type ApiClient } from './api-client.js';
import type { Person } from './people.js';

/** A token of which the service has said that it holds no more. */
interface Dead {
  readonly type: 'access' | 'refresh';
  readonly token: string;
}

const LOST = ['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE'];

/** The service has said that it cannot answer now, and when to ask again. */
class Unavailable extends Error {}

/**
 * A client that signs in, uses its tokens, refreshes, registers and cuts at random, and whose answers may be lost at any
 * time. It behaves as `docs/tokens.md` tells clients to, and keeps book of what the service has answered.
 */
export class LoadClient {
  readonly counts = {
    steps: 0,
    lost: 0,
    unavailable: 0,
    refreshed: 0,
    revoked: 0,
    registered: 0,
    waitedMs: 0,
  };
  private readonly person: Person;
  private readonly dead: Dead[] = [];
  private readonly registered: Person[] = [];
  private checked = 0;
  private names = 0;
  private pair!: TokenPair;
  /** Whether a cut of the session was sent and not answered: then the session may be over or not. */
  private uncertain = false;

  constructor(username: string) {
    this.person = { username, password: 'correct horse battery staple' };
  }

  async signUp(api: ApiClient): Promise<void> {
    this.pair = await api.signUp(this.person);
  }

  /** Works until the connection is lost. @throws Error for any answer that it should not get, as when it is logged out. */
  async workUntilLost(api: ApiClient): Promise<void> {
    await this.unlessLost(async () => {
      await this.recover(api);
      for (;;) await this.step(api);
    });
  }

  /**
   * Works on, each step at whatever instance `pick` gives, and begins again where an answer is lost or 503.
   * @throws Error for any other answer that it should not get
   */
  async workUntil(isOver: () => boolean, pick: () => ApiClient): Promise<void> {
    let whole = true;
    while (!isOver()) {
      const since = performance.now();
      whole = await this.unlessLost(async () => {
        if (!whole) await this.recover(pick());
        await this.step(pick(), pick());
      });
      if (!whole) await new Promise((resolve) => setTimeout(resolve, 20));
      this.counts.waitedMs = Math.max(this.counts.waitedMs, performance.now() - since);
    }
  }

  /** Shows that the client was not logged out. */
  async goOn(api: ApiClient): Promise<void> {
    await this.recover(api);
    await this.use(api);
  }

  /** Presents every token that was cut since the last look, or ever. */
  async expectRevocationsToHold(api: ApiClient, which: 'new' | 'all' = 'new'): Promise<void> {
    for (const dead of this.dead.slice(which === 'new' ? this.checked : 0))
      expect(refusal(await present(api, dead))).toEqual({ status: 401, error: 'token_revoked' });
    this.checked = this.dead.length;
  }

  /** Shows that whoever was told to be registered is. */
  async expectRegistrationsToHold(api: ApiClient): Promise<void> {
    for (const person of this.registered)
      expect(refusal(await api.register(person))).toEqual({ status: 409, error: 'user_exists' });
  }

  /** @returns whether all of it was answered */
  private async unlessLost(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Unavailable) this.counts.unavailable++;
      else if (LOST.includes((error as NodeJS.ErrnoException).code ?? '')) this.counts.lost++;
      else throw error;
      return false;
    }
  }

  private async recover(api: ApiClient): Promise<void> {
    await (this.uncertain ? this.signIn(api) : this.refresh(api));
  }

  /** @param other where a token that was cut is presented at once */
  private async step(api: ApiClient, other = api): Promise<void> {
    const steps = [
      () => this.use(api),
      () => this.refresh(api),
      () => this.refresh(api),
      () => this.register(api),
      () => this.revokeAccess(api, other),
      () => this.logout(api, other),
      () => this.revokeRefresh(api, other),
      () => this.revokeAtOAuthEndpoint(api, other),
    ];
    await steps[Math.floor(Math.random() * steps.length)]?.();
    this.counts.steps++;
  }

  private async use(api: ApiClient): Promise<void> {
    await ask(api.get('/protected', this.pair.access_token), 200);
  }

  private async refresh(api: ApiClient): Promise<void> {
    this.pair = (await ask(api.refresh(this.pair.refresh_token), 200)).body as TokenPair;
    this.counts.refreshed++;
  }

  private async signIn(api: ApiClient): Promise<void> {
    this.pair = (await ask(api.login(this.person), 200)).body as TokenPair;
    this.uncertain = false;
  }

  private async register(api: ApiClient): Promise<void> {
    const person = { ...this.person, username: `${this.person.username}.${String(this.names++)}` };
    await ask(api.register(person), 201);
    this.registered.push(person);
    this.counts.registered++;
  }

  private async revokeAccess(api: ApiClient, other: ApiClient): Promise<void> {
    const { access_token } = this.pair;
    await ask(api.delete('/access-revoke', access_token), 200);
    await this.note({ access_token }, other);
    await this.refresh(api);
  }

  private async logout(api: ApiClient, other: ApiClient): Promise<void> {
    this.uncertain = true;
    await ask(api.post('/logout', undefined, this.pair.access_token), 204);
    await this.note(this.pair, other);
    await this.signIn(api);
  }

  private async revokeRefresh(api: ApiClient, other: ApiClient): Promise<void> {
    this.uncertain = true;
    const { refresh_token } = this.pair;
    await ask(api.delete('/refresh-revoke', refresh_token), 200);
    await this.note({ refresh_token }, other);
    await this.signIn(api);
  }

  private async revokeAtOAuthEndpoint(api: ApiClient, other: ApiClient): Promise<void> {
    this.uncertain = true;
    await ask(api.postForm('/revoke', { token: this.pair.refresh_token }), 200);
    await this.note(this.pair, other);
    await this.signIn(api);
  }

  private async note({ access_token, refresh_token }: Partial<TokenPair>, other: ApiClient): Promise<void> {
    const cut: Dead[] = [];
    if (access_token !== undefined) cut.push({ type: 'access', token: access_token });
    if (refresh_token !== undefined) cut.push({ type: 'refresh', token: refresh_token });
    this.dead.push(...cut);
    this.counts.revoked++;
    for (const dead of cut) {
      const answer = unlessUnavailable(await present(other, dead));
      expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
    }
  }
}

function present(api: ApiClient, { type, token }: Dead): Test {
  return type === 'access' ? api.get('/protected', token) : api.refresh(token);
}

/** @throws Unavailable */
async function ask(test: Test, status: number): Promise<Response> {
  const answer = unlessUnavailable(await test);
  expect({ ...refusal(answer), body: status < 300 ? undefined : answer.body }).toEqual({ status });
  return answer;
}

function unlessUnavailable(answer: Response): Response {
  if (answer.status !== 503) return answer;
  expect(refusal(answer).error).toBe('overloaded');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  throw new Unavailable('503');
}
