import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal, type ApiClient } from './api-client.js';
import type { Person } from './people.js';

/** A token of which the service has said that it holds no more. */
interface Dead {
  readonly type: 'access' | 'refresh';
  readonly token: string;
}

const LOST = ['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE'];

/**
 * A client that signs in, uses its tokens, refreshes and cuts at random, and whose answers may be lost at any time. It
 * behaves as `docs/tokens.md` tells clients to, and keeps book of what the service has answered.
 */
export class LoadClient {
  readonly counts = { steps: 0, lost: 0, refreshed: 0, revoked: 0 };
  private readonly person: Person;
  private readonly dead: Dead[] = [];
  private checked = 0;
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
    try {
      await this.recover(api);
      for (;;) await this.step(api);
    } catch (error) {
      if (!LOST.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      this.counts.lost++;
    }
  }

  /** Shows that the client was not logged out. */
  async goOn(api: ApiClient): Promise<void> {
    await this.recover(api);
    await this.use(api);
  }

  /** Presents every token that was cut since the last look, or ever. */
  async expectRevocationsToHold(api: ApiClient, which: 'new' | 'all' = 'new'): Promise<void> {
    for (const { type, token } of this.dead.slice(which === 'new' ? this.checked : 0)) {
      const answer = await (type === 'access' ? api.get('/protected', token) : api.refresh(token));
      expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
    }
    this.checked = this.dead.length;
  }

  private async recover(api: ApiClient): Promise<void> {
    await (this.uncertain ? this.signIn(api) : this.refresh(api));
  }

  private async step(api: ApiClient): Promise<void> {
    const steps = [
      () => this.use(api),
      () => this.refresh(api),
      () => this.refresh(api),
      () => this.revokeAccess(api),
      () => this.logout(api),
      () => this.revokeRefresh(api),
      () => this.revokeAtOAuthEndpoint(api),
    ];
    await steps[Math.floor(Math.random() * steps.length)]?.();
    this.counts.steps++;
  }

  private async use(api: ApiClient): Promise<void> {
    await api.get('/protected', this.pair.access_token).expect(200);
  }

  private async refresh(api: ApiClient): Promise<void> {
    this.pair = await api.renew(this.pair.refresh_token);
    this.counts.refreshed++;
  }

  private async signIn(api: ApiClient): Promise<void> {
    this.pair = await api.signIn(this.person);
    this.uncertain = false;
  }

  private async revokeAccess(api: ApiClient): Promise<void> {
    const { access_token } = this.pair;
    await api.delete('/access-revoke', access_token).expect(200);
    this.note({ access_token });
    await this.refresh(api);
  }

  private async logout(api: ApiClient): Promise<void> {
    this.uncertain = true;
    await api.post('/logout', undefined, this.pair.access_token).expect(204);
    this.note(this.pair);
    await this.signIn(api);
  }

  private async revokeRefresh(api: ApiClient): Promise<void> {
    this.uncertain = true;
    const { refresh_token } = this.pair;
    await api.delete('/refresh-revoke', refresh_token).expect(200);
    this.note({ refresh_token });
    await this.signIn(api);
  }

  private async revokeAtOAuthEndpoint(api: ApiClient): Promise<void> {
    this.uncertain = true;
    await api.postForm('/revoke', { token: this.pair.refresh_token }).expect(200);
    this.note(this.pair);
    await this.signIn(api);
  }

  private note({ access_token, refresh_token }: Partial<TokenPair>): void {
    if (access_token !== undefined) this.dead.push({ type: 'access', token: access_token });
    if (refresh_token !== undefined) this.dead.push({ type: 'refresh', token: refresh_token });
    this.counts.revoked++;
  }
}
