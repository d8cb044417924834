import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { In, IsNull, MoreThan, type EntityManager } from 'typeorm';
import type { Client } from '../access/client.decorator.js';
import type { Identity } from '../access/identity.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { insertRow } from '../database/insert-row.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock, latest } from '../time/clock.js';
import { RefreshToken } from './refresh-token.entity.js';
import { rememberAccessToken } from './remember-access-token.js';
import { requireLiveSession } from './require-live-session.js';
import { RevocationService } from './revocation.service.js';
import { Session } from './session.entity.js';
import type { Subject } from './subject.js';
import type { RefreshClaims } from './token-claims.js';
import { refreshJtiBeside, TokenIssuer } from './token-issuer.js';
import type { AccessTokenAnswer, TokenPair } from './token-pair.js';

/** A session with what is known of its refresh tokens. */
export interface KeptSession {
  readonly session: Session;
  readonly refreshTokens: readonly RefreshToken[];
}

/** Starts sessions, renews the proof of the password in them, and finds them. How they end is the revocation's. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly issuer: TokenIssuer,
    private readonly revocation: RevocationService,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts a session for somebody whose password was just proven.
   * @returns what signs its first tokens, to be called once the session is durable
   */
  async start(subject: Subject, client: Client): Promise<() => Promise<TokenPair>> {
    const id = randomUUID();
    const refreshToken = this.issuer.newRefreshToken(id, null);
    const session = this.newSession(id, subject, client, refreshToken);
    await this.work.run(async (manager) => {
      await insertRow(manager, Session, session);
      await insertRow(manager, RefreshToken, refreshToken);
      const details = { session_id: id };
      await this.audit.record(manager, { type: 'signed_in', userId: subject.id, details });
    });
    return () => this.issuer.signPair(subject, session, refreshToken, { fresh: true });
  }

  /**
   * Gives a session whose user has just proven the password again a fresh access token, in place of the caller's.
   * @returns what signs it, to be called once all is durable
   * @throws AppError token_revoked where the session was ended meanwhile.
   */
  reauthenticate(subject: Subject, caller: Identity): Promise<() => Promise<AccessTokenAnswer>> {
    return this.work.run(async (manager) => {
      const session = await requireLiveSession(manager, caller.sessionId, this.clock.now());
      const refreshJti = refreshJtiBeside(caller.tokenId);
      const access = this.issuer.newAccessToken(refreshJti);
      session.authTime = this.clock.now();
      session.expiresAt = latest(session.expiresAt, access.accessExpiresAt);
      const { authTime, expiresAt } = session;
      await manager.update(Session, { id: session.id }, { authTime, expiresAt });
      await rememberAccessToken(manager, refreshJti, access);
      const details = { session_id: session.id };
      await this.audit.record(manager, { type: 'reauthenticated', userId: subject.id, details });
      await this.revocation.revokeAccess(caller, 'reauthenticated');
      return () => this.issuer.signAccess(subject, session, access, { fresh: true });
    });
  }

  /** The user's sessions that can still be used, the one used last first. */
  listLive(userId: string): Promise<Session[]> {
    return this.work.runStatement((manager) =>
      manager.find(Session, {
        where: { userId, endedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) },
        order: { lastUsedAt: 'DESC', id: 'ASC' },
      }),
    );
  }

  /** Everything that is kept of a user's sessions, the ended ones too, the oldest first. */
  async listKept(manager: EntityManager, userId: string): Promise<KeptSession[]> {
    const sessions = await manager.find(Session, {
      where: { userId },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    const tokens = await manager.find(RefreshToken, {
      where: { sessionId: In(sessions.map(({ id }) => id)) },
      order: { issuedAt: 'ASC', jti: 'ASC' },
    });
    return sessions.map((session) => ({
      session,
      refreshTokens: tokens.filter(({ sessionId }) => sessionId === session.id),
    }));
  }

  /** Whether this refresh token could be spent now: its session is live, and it was neither used nor revoked. */
  isSpendable({ jti, sid }: RefreshClaims): Promise<boolean> {
    return this.work.run(async (manager) => {
      const unused = { jti, sessionId: sid, usedAt: IsNull(), revokedAt: IsNull() };
      return (
        (await manager.existsBy(Session, { id: sid, endedAt: IsNull() })) &&
        (await manager.existsBy(RefreshToken, unused))
      );
    });
  }

  private newSession(
    id: string,
    subject: Subject,
    { ip, userAgent }: Client,
    { expiresAt, accessExpiresAt }: RefreshToken,
  ): Session {
    const now = this.clock.now();
    return {
      id,
      userId: subject.id,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: latest(expiresAt, accessExpiresAt),
      ip,
      userAgent,
      authTime: now,
      endedAt: null,
      endedReason: null,
    };
  }
}
