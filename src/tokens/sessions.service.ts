import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { In, IsNull, MoreThan, Not, type EntityManager, type FindOptionsWhere } from 'typeorm';
import type { Client } from '../access/client.decorator.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { Settings } from '../config/settings.js';
import { lockForUpdate, UnitOfWork } from '../database/unit-of-work.js';
import { addSeconds, Clock } from '../time/clock.js';
import type { CutReason } from './cut-reason.js';
import { Denylist } from './denylist.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';
import type { Subject } from './subject.js';
import { TokenIssuer } from './token-issuer.js';
import type { TokenPair } from './token-pair.js';

/** Which sessions a cut ends: one, all of a user's, or all of them but one. */
export type CutScope =
  { readonly sessionId: string } | { readonly userId: string; readonly exceptSessionId?: string };

/** How many of each a cut has ended. */
export interface CutCounts {
  readonly sessions: number;
  readonly refreshTokens: number;
  readonly accessTokens: number;
}

/** Starts sessions, and ends them. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly issuer: TokenIssuer,
    private readonly denylist: Denylist,
    private readonly audit: AuditTrail,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Starts a session for somebody whose password was just proven. */
  async start(subject: Subject, client: Client): Promise<TokenPair> {
    const session = this.newSession(subject, client);
    const refreshToken = this.issuer.newRefreshToken(session.id, null);
    await this.work.run(async (manager) => {
      await manager.insert(Session, session);
      await manager.insert(RefreshToken, refreshToken);
      await this.audit.record(manager, {
        type: 'signed_in',
        userId: subject.id,
        ip: client.ip,
        details: { session_id: session.id },
      });
    });
    return this.issuer.signPair(subject, session, refreshToken, { fresh: true });
  }

  /**
   * The one way to cut. Ends the sessions with their refresh tokens and all of their access tokens, keeps the reason,
   * and tells how many of each there were. Holds once it returns; joins the unit of work that is open.
   */
  end(scope: CutScope, reason: CutReason): Promise<CutCounts> {
    return this.work.run(async (manager) => {
      const sessions = await this.lockLive(manager, scope);
      const counts = await this.count(manager, sessions);
      const ids = sessions.map(({ id }) => id);
      const now = this.clock.now();
      await manager.update(Session, { id: In(ids) }, { endedAt: now, endedReason: reason });
      const expiresAt = await this.lastAccessExpiry(manager, ids);
      await this.denylist.add(
        manager,
        ids.map((id) => ({ id, reason, expiresAt })),
      );
      await this.recordCut(manager, sessions, reason, counts);
      return counts;
    });
  }

  private newSession(subject: Subject, { ip, userAgent }: Client): Session {
    const now = this.clock.now();
    return {
      id: randomUUID(),
      userId: subject.id,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: addSeconds(now, this.settings.refreshTokenTtl),
      ip,
      userAgent,
      authTime: now,
      endedAt: null,
      endedReason: null,
    };
  }

  /** A refresh locks the row of its session too: it is either before the cut and covered, or after and refused. */
  private lockLive(manager: EntityManager, scope: CutScope): Promise<Session[]> {
    return manager.find(Session, {
      where: { ...whereInScope(scope), endedAt: IsNull() },
      ...lockForUpdate(manager),
    });
  }

  private async count(manager: EntityManager, sessions: readonly Session[]): Promise<CutCounts> {
    const sessionId = In(sessions.map(({ id }) => id));
    const now = this.clock.now();
    return {
      sessions: sessions.length,
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
    const latest = await manager.findOne(RefreshToken, {
      where: { sessionId: In(sessionIds) },
      order: { accessExpiresAt: 'DESC' },
    });
    const byCurrentTtl = addSeconds(this.clock.now(), this.settings.accessTokenTtl);
    return new Date(Math.max(byCurrentTtl.getTime(), latest?.accessExpiresAt.getTime() ?? 0));
  }

  private async recordCut(
    manager: EntityManager,
    sessions: readonly Session[],
    reason: CutReason,
    counts: CutCounts,
  ): Promise<void> {
    const userId = sessions[0]?.userId;
    if (userId === undefined) return;
    await this.audit.record(manager, {
      type: 'sessions_ended',
      userId,
      details: {
        reason,
        sessions: counts.sessions,
        refresh_tokens: counts.refreshTokens,
        access_tokens: counts.accessTokens,
      },
    });
  }
}

function whereInScope(scope: CutScope): FindOptionsWhere<Session> {
  if ('sessionId' in scope) return { id: scope.sessionId };
  const { userId, exceptSessionId } = scope;
  return exceptSessionId === undefined ? { userId } : { userId, id: Not(exceptSessionId) };
}
