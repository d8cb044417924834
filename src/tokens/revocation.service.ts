import { Injectable } from '@nestjs/common';
import { In, IsNull, MoreThan, Not, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.js';
import { Settings, type TokenType } from '../config/settings.js';
import { MAX_BATCH_ROWS } from '../database/batches.js';
import { DoFirst, lockForUpdate, UnitOfWork } from '../database/unit-of-work.js';
import { addSeconds, Clock, earliest, latest } from '../time/clock.js';
import type { CutReason } from './cut-reason.js';
import { noCut, sumOfCuts, type CutCounts, type CutScope } from './cut.js';
import { Denylist } from './denylist.js';
import { RefreshToken } from './refresh-token.entity.js';
import { requireLiveSession } from './require-live-session.js';
import { Session } from './session.entity.js';
import type { RefreshClaims } from './token-claims.js';

/** What is known of an access token that is to be revoked. */
export interface RevocableAccessToken {
  readonly tokenId: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

/** Cuts: whole sessions, or single tokens. What was cut is refused once the method returns, and after a crash. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly denylist: Denylist,
    private readonly audit: AuditTrail,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * The one way to end sessions. Ends them with their refresh tokens and all of their access tokens, keeps the reason,
   * and tells how many of each there were. Joins the unit of work that is open; where there are very many sessions, most
   * are ended before it in units of their own.
   */
  endSessions(scope: CutScope, reason: CutReason): Promise<CutCounts> {
    return this.work.run(async (manager) => {
      const key = `the end of the sessions of ${scope.userId}`;
      const before = (this.work.resultOf(key) as CutCounts | undefined) ?? noCut;
      const sessions = await this.lockLive(manager, scope, MAX_BATCH_ROWS + 1);
      if (sessions.length > MAX_BATCH_ROWS)
        throw new DoFirst(key, () => this.endInBatches(scope, reason, before));
      return sumOfCuts(before, await this.end(manager, sessions, scope.userId, reason));
    });
  }

  /** Revokes this access token alone. Joins the unit of work that is open. */
  revokeAccess({ tokenId, userId, expiresAt }: RevocableAccessToken, reason: CutReason): Promise<void> {
    return this.work.run(async (manager) => {
      this.denylist.add(manager, [{ id: tokenId, reason, expiresAt }]);
      await this.recordRevocation(manager, 'access', userId, tokenId, reason);
    });
  }

  /**
   * Revokes this refresh token and, where it was spent already, what came of it: the session cannot be refreshed any
   * more, and is over when its last access token expires.
   * @throws AppError token_revoked where the session is over already
   */
  revokeRefresh({ jti, sid, sub, exp }: RefreshClaims): Promise<void> {
    return this.work.run(async (manager) => {
      const revokedAt = this.clock.now();
      // First the session: a rotation takes the same lock, so that its successor is either seen here or never made.
      const session = await requireLiveSession(manager, sid, revokedAt);
      const expiresAt = earliest(session.expiresAt, await this.lastAccessExpiry(manager, [sid]));
      await manager.update(Session, { id: sid }, { expiresAt });
      const unspent = await manager.findBy(RefreshToken, { sessionId: sid, usedAt: IsNull() });
      const revoked = [{ jti, expiresAt: new Date(exp * 1000) }, ...unspent.filter((row) => row.jti !== jti)];
      await manager.update(RefreshToken, { jti: In(revoked.map((row) => row.jti)) }, { revokedAt });
      this.denylist.add(
        manager,
        revoked.map((row) => ({ id: row.jti, reason: 'revoked', expiresAt: row.expiresAt })),
      );
      await this.recordRevocation(manager, 'refresh', sub, jti, 'revoked');
    });
  }

  private async endInBatches(scope: CutScope, reason: CutReason, before: CutCounts): Promise<CutCounts> {
    let all = before;
    await this.work.runInBatches(async (manager) => {
      const sessions = await this.lockLive(manager, scope, MAX_BATCH_ROWS);
      const some = await this.end(manager, sessions, scope.userId, reason);
      all = sumOfCuts(all, some);
      return some.sessions;
    });
    return all;
  }

  private async end(
    manager: EntityManager,
    sessions: readonly LiveSession[],
    userId: string,
    reason: CutReason,
  ): Promise<CutCounts> {
    if (sessions.length === 0) {
      // Another request may just have ended them, and wait for the other instances: this one has to wait too.
      this.denylist.add(manager, []);
      return noCut;
    }
    const ids = sessions.map(({ id }) => id);
    const counts = await this.count(manager, ids);
    await manager.update(Session, { id: In(ids) }, { endedAt: this.clock.now(), endedReason: reason });
    const lastAccess = await this.lastAccessExpiry(manager, ids);
    this.denylist.add(
      manager,
      sessions.map(({ id, expiresAt }) => ({
        id,
        reason,
        expiresAt: losesRows(reason) ? latest(expiresAt, lastAccess) : lastAccess,
      })),
    );
    await this.recordCut(manager, userId, reason, counts);
    return counts;
  }

  /**
   * A refresh locks the row of its session too: it is either before the cut and covered, or after and refused. Two cuts
   * lock the rows in one order, so that neither waits for what the other has.
   */
  private lockLive(manager: EntityManager, scope: CutScope, most: number): Promise<LiveSession[]> {
    return manager.find(Session, {
      select: { id: true, expiresAt: true },
      where: { ...inScope(scope), endedAt: IsNull() },
      order: { id: 'ASC' },
      take: most,
      ...lockForUpdate(manager),
    });
  }

  private async count(manager: EntityManager, sessionIds: string[]): Promise<CutCounts> {
    const sessionId = In(sessionIds);
    const now = this.clock.now();
    return {
      sessions: sessionIds.length,
      refreshTokens: await manager.countBy(RefreshToken, {
        sessionId,
        usedAt: IsNull(),
        revokedAt: IsNull(),
        expiresAt: MoreThan(now),
      }),
      accessTokens: await manager.countBy(RefreshToken, { sessionId, accessExpiresAt: MoreThan(now) }),
    };
  }

  /** Until when an access token of these sessions can live, also one issued under a longer `ACCESS_TOKEN_TTL`. */
  private async lastAccessExpiry(manager: EntityManager, sessionIds: string[]): Promise<Date> {
    const byCurrentTtl = addSeconds(this.clock.now(), this.settings.accessTokenTtl);
    const last = await manager.findOne(RefreshToken, {
      where: { sessionId: In(sessionIds) },
      order: { accessExpiresAt: 'DESC' },
    });
    return latest(byCurrentTtl, last?.accessExpiresAt ?? byCurrentTtl);
  }

  private recordCut(
    manager: EntityManager,
    userId: string,
    reason: CutReason,
    { sessions, refreshTokens, accessTokens }: CutCounts,
  ): Promise<void> {
    const details = { reason, sessions, refresh_tokens: refreshTokens, access_tokens: accessTokens };
    return this.audit.record(manager, { type: 'sessions_ended', userId, details });
  }

  private recordRevocation(
    manager: EntityManager,
    tokenType: TokenType,
    userId: string,
    jti: string,
    reason: CutReason,
  ): Promise<void> {
    const details = { token_type: tokenType, jti, reason };
    return this.audit.record(manager, { type: 'token_revoked', userId, details });
  }
}

type LiveSession = Pick<Session, 'id' | 'expiresAt'>;

function inScope({ userId, sessionId, exceptSessionId }: CutScope): FindOptionsWhere<Session> {
  if (sessionId !== undefined) return { userId, id: sessionId };
  return exceptSessionId === undefined ? { userId } : { userId, id: Not(exceptSessionId) };
}

/** Whether the rows of the sessions go with their user: then only the denylist can tell why a refresh token is refused. */
function losesRows(reason: CutReason): boolean {
  return reason === 'account_deleted';
}
