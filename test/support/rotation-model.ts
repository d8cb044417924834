/** The answer to a refresh: the successor's number, or the code of the refusal. */
export type RefreshVerdict = ModelRefreshToken | 'token_expired' | 'token_revoked' | 'refresh_token_reused';
export type AccessVerdict = 'accepted' | 'token_expired' | 'token_revoked';

export interface Rules {
  readonly leeway: number;
  readonly retryWindow: number;
  readonly accessTtl: number;
  readonly refreshTtl: number;
}

export interface ModelRefreshToken {
  readonly session: ModelSession;
  readonly expiresAt: number;
  readonly parent?: ModelRefreshToken;
  usedAt?: number;
  successor?: ModelRefreshToken;
  /** Who used it first, and who came after the leeway. */
  readonly users: string[];
  lateRepeats: number;
  acknowledged: boolean;
  revoked: boolean;
}

export interface ModelAccessToken {
  readonly beside: ModelRefreshToken;
  readonly expiresAt: number;
  revoked: boolean;
}

export interface ModelSession {
  ended?: string;
  /** Once nothing can be refreshed any more: when the last access token expires. */
  overAt: number;
}

/**
 * The contract's Rotation, and what ends what, in the fewest lines that say it. Nothing here is the service's: no
 * database, no signatures, no races. Times are seconds.
 */
export class RotationModel {
  now = 0;
  readonly sessions: ModelSession[] = [];

  constructor(private readonly rules: Rules) {}

  signIn(): ModelRefreshToken {
    const session: ModelSession = { overAt: Infinity };
    this.sessions.push(session);
    return this.newRefreshToken(session);
  }

  accessTokenBeside(beside: ModelRefreshToken): ModelAccessToken {
    return { beside, expiresAt: this.now + this.rules.accessTtl, revoked: false };
  }

  refresh(token: ModelRefreshToken, by = 'anybody'): RefreshVerdict {
    const refused = this.refusalOf(token);
    if (refused) return refused;
    if (token.usedAt === undefined) {
      token.usedAt = this.now;
      token.users.push(by);
      token.successor = this.newRefreshToken(token.session, token);
      return token.successor;
    }
    if (token.successor && this.isTolerated(token, token.usedAt, token.successor, by)) return token.successor;
    token.session.ended = 'refresh_reuse';
    return 'refresh_token_reused';
  }

  use(token: ModelAccessToken): AccessVerdict {
    if (this.now >= token.expiresAt) return 'token_expired';
    if (token.revoked || token.beside.session.ended !== undefined) return 'token_revoked';
    token.beside.acknowledged = true;
    return 'accepted';
  }

  logout(token: ModelAccessToken): AccessVerdict {
    const verdict = this.use(token);
    if (verdict === 'accepted') token.beside.session.ended = 'logout';
    return verdict;
  }

  logoutAll(token: ModelAccessToken): AccessVerdict {
    const verdict = this.use(token);
    if (verdict === 'accepted') for (const session of this.sessions) session.ended ??= 'logout';
    return verdict;
  }

  revokeAccess(token: ModelAccessToken): AccessVerdict {
    const verdict = this.use(token);
    if (verdict === 'accepted') token.revoked = true;
    return verdict;
  }

  /** `DELETE /refresh-revoke` */
  revokeRefresh(token: ModelRefreshToken): AccessVerdict {
    const refused = this.refusalOf(token);
    if (refused) return refused;
    for (let each: ModelRefreshToken | undefined = token; each; each = each.successor)
      if (each === token || each.usedAt === undefined) each.revoked = true;
    token.session.overAt = Math.min(token.session.overAt, this.now + this.rules.accessTtl);
    return 'accepted';
  }

  /** `POST /revoke` with a refresh token */
  revokeSession(token: ModelRefreshToken): void {
    token.session.ended ??= 'revoked';
  }

  private isTolerated(
    token: ModelRefreshToken,
    usedAt: number,
    successor: ModelRefreshToken,
    by: string,
  ): boolean {
    if (successor.usedAt !== undefined || successor.revoked) return false;
    const since = this.now - usedAt;
    if (since < this.rules.leeway) return true;
    if (successor.acknowledged || since >= this.rules.retryWindow) return false;
    const all = new Set([...token.users, by, ...(token.parent?.users ?? [])]);
    if ((token.parent?.lateRepeats ?? 0) > 0 && all.size > 1) return false;
    token.users.push(by);
    token.lateRepeats++;
    return true;
  }

  private refusalOf({
    session,
    expiresAt,
    revoked,
  }: ModelRefreshToken): 'token_expired' | 'token_revoked' | undefined {
    if (this.now >= expiresAt) return 'token_expired';
    return revoked || session.ended !== undefined || this.now >= session.overAt ? 'token_revoked' : undefined;
  }

  private newRefreshToken(session: ModelSession, parent?: ModelRefreshToken): ModelRefreshToken {
    return {
      session,
      expiresAt: this.now + this.rules.refreshTtl,
      ...(parent && { parent }),
      users: [],
      lateRepeats: 0,
      acknowledged: false,
      revoked: false,
    };
  }
}
