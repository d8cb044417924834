import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../access/client.decorator.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { Settings } from '../config/settings.js';
import { insertRow } from '../database/insert-row.js';
import { sqlIn } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { Clock, latest } from '../time/clock.js';
import { Acknowledgements } from './acknowledgements.js';
import { firstUse, mayRepeatLate, repeatsWith } from './refresh-origin.js';
import { RefreshToken } from './refresh-token.entity.js';
import { rememberAccessToken } from './remember-access-token.js';
import { requireLiveSession } from './require-live-session.js';
import { RevocationService } from './revocation.service.js';
import { Session } from './session.entity.js';
import { SpentTokens } from './spent-tokens.js';
import type { Subject } from './subject.js';
import type { RefreshClaims } from './token-claims.js';
import { TokenIssuer, type SigningSession } from './token-issuer.js';
import type { TokenPair } from './token-pair.js';
import { lockSession, useLiveSession } from './use-live-session.js';

/**
 * A refresh token is good once, and a lost response costs nothing: presented again, a spent token is answered with the
 * same successor while that is unused and the client may still lack it; otherwise two hold it, and the session ends
 * (RFC 9700 §4.14.2).
 */
@Injectable()
export class RotationService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly issuer: TokenIssuer,
    private readonly revocation: RevocationService,
    private readonly acknowledgements: Acknowledgements,
    private readonly ancestors: SpentTokens,
    private readonly audit: AuditTrail,
    private readonly telemetry: Telemetry,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * @param loadSubject tells whom the tokens are for; asked after the commit, so that the access token shows every
   * change that was answered before.
   * @throws AppError token_revoked or refresh_token_reused
   */
  async rotate(
    claims: RefreshClaims,
    client: Client,
    loadSubject: () => Promise<Subject>,
  ): Promise<TokenPair> {
    // A reuse is returned, not thrown: thrown, it would roll back the end of the session that it tells of.
    const outcome = await this.work.run((manager) => this.present(manager, claims, client));
    const subject = await loadSubject();
    if (outcome instanceof AppError) throw outcome;
    return this.issuer.signPair(subject, outcome.session, outcome.successor, { fresh: false });
  }

  private async present(
    manager: EntityManager,
    claims: RefreshClaims,
    client: Client,
  ): Promise<{ session: SigningSession; successor: RefreshToken } | AppError> {
    await lockSession(manager, claims.sid);
    const successor = await this.spend(manager, claims, client);
    if (!successor) return this.repeat(manager, claims, client);
    const until = latest(successor.expiresAt, successor.accessExpiresAt);
    return { session: await useLiveSession(manager, claims.sid, this.clock.now(), until, client), successor };
  }

  /** Spends the token by one conditional update: of any number that race, one finds it unused. */
  private async spend(
    manager: EntityManager,
    { jti, sid }: RefreshClaims,
    { ip, userAgent }: Client,
  ): Promise<RefreshToken | undefined> {
    const now = this.clock.now();
    const successor = this.issuer.newRefreshToken(sid, jti);
    const { affected } = await sqlIn(manager)`
      UPDATE refresh_tokens SET used_at = ${now}, acknowledged_at = ${now}, successor_jti = ${successor.jti},
        used_ip = ${ip}, used_user_agent = ${userAgent}
      WHERE jti = ${jti} AND session_id = ${sid} AND used_at IS NULL AND revoked_at IS NULL`;
    if (affected !== 1) return undefined;
    await insertRow(manager, RefreshToken, successor);
    this.work.afterCommit(() => {
      this.telemetry.emit('refreshed', 'rotated');
      this.ancestors.forgetSoon(sid);
    });
    return successor;
  }

  /** Gives out the successor of a spent token once more, where the rules let it; otherwise two hold it. */
  private async repeat(
    manager: EntityManager,
    claims: RefreshClaims,
    client: Client,
  ): Promise<{ session: SigningSession; successor: RefreshToken } | AppError> {
    const { jti, sid: sessionId } = claims;
    const session = await requireLiveSession(manager, sessionId, this.clock.now());
    const token = await manager.findOneBy(RefreshToken, { jti, sessionId });
    if (token?.revokedAt) throw new AppError('token_revoked', { reason: 'revoked' });
    const successor = token && (await this.findTolerated(manager, token, client));
    if (!token || !successor) return this.endReused(manager, session, claims);
    if (this.isLate(token)) await this.noteLateRepeat(manager, session, token, successor, client);
    await useLiveSession(manager, sessionId, this.clock.now(), successor.accessExpiresAt, client);
    return { session, successor };
  }

  /** The successor, where the rules let it be given out once more, with a new access token. */
  private async findTolerated(
    manager: EntityManager,
    token: RefreshToken,
    client: Client,
  ): Promise<RefreshToken | undefined> {
    const successor = await manager.findOneBy(RefreshToken, { jti: token.successorJti ?? '' });
    if (!successor || successor.usedAt || successor.revokedAt || !this.isTolerated(token, successor, client))
      return undefined;
    const access = this.issuer.newAccessToken(successor.jti);
    await rememberAccessToken(manager, successor.jti, access);
    this.work.afterCommit(() => {
      this.telemetry.emit('refreshed', 'repeated');
    });
    return Object.assign(successor, access);
  }

  /**
   * The rules: the leeway has not passed, or nothing has shown that the client holds the successor, the retry window has
   * not passed, and it does not look as if two were taking turns.
   */
  private isTolerated(token: RefreshToken, successor: RefreshToken, client: Client): boolean {
    if (!this.isLate(token)) return true;
    const acknowledged = successor.acknowledgedAt !== null || this.acknowledgements.has(successor.jti);
    const inWindow = this.secondsSinceUse(token) < this.settings.refreshRetryWindow;
    return !acknowledged && inWindow && mayRepeatLate(token, client);
  }

  private isLate(token: RefreshToken): boolean {
    return this.secondsSinceUse(token) >= this.settings.refreshReuseLeeway;
  }

  private secondsSinceUse({ usedAt }: RefreshToken): number {
    return (this.clock.now().getTime() - (usedAt?.getTime() ?? 0)) / 1000;
  }

  private async noteLateRepeat(
    manager: EntityManager,
    { id: session_id, userId }: Session,
    token: RefreshToken,
    successor: RefreshToken,
    client: Client,
  ): Promise<void> {
    const parentRepeats = repeatsWith(token, client, successor);
    await manager.update(RefreshToken, { jti: successor.jti }, { parentRepeats });
    const { ip: first_ip, userAgent: first_user_agent } = firstUse(token);
    await this.audit.record(manager, {
      type: 'refresh_repeated',
      userId,
      details: { session_id, jti: token.jti },
      personal: { first_ip, first_user_agent },
    });
  }

  private async endReused(
    manager: EntityManager,
    session: Session,
    { jti }: RefreshClaims,
  ): Promise<AppError> {
    await this.audit.record(manager, {
      type: 'refresh_token_reused',
      userId: session.userId,
      details: { session_id: session.id, jti },
    });
    await this.revocation.endSessions({ userId: session.userId, sessionId: session.id }, 'refresh_reuse');
    return new AppError('refresh_token_reused', {
      detail: `session ${session.id} ended: ${jti} was presented again`,
    });
  }
}
