import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { In, IsNull, Not, type EntityManager } from 'typeorm';
import type { Client } from '../access/client.decorator.js';
import type { Identity } from '../access/identity.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { Settings } from '../config/settings.js';
import { MAX_BATCH_ROWS } from '../database/batches.js';
import { insertRow } from '../database/insert-row.js';
import { DoFirst, UnitOfWork } from '../database/unit-of-work.js';
import { Clock, latest } from '../time/clock.js';
import { RefreshToken } from './refresh-token.entity.js';
import { rememberAccessToken } from './remember-access-token.js';
import { requireLiveSession } from './require-live-session.js';
import { RevocationService } from './revocation.service.js';
import { liveSessions } from './session-lists.service.js';
import { Session } from './session.entity.js';
import type { Subject } from './subject.js';
import type { RefreshClaims } from './token-claims.js';
import { refreshJtiBeside, TokenIssuer } from './token-issuer.js';
import type { AccessTokenAnswer, TokenPair } from './token-pair.js';

const MOST_SURPLUS = 20;
/** Starts sessions, renews the proof of the password in them. How they end is the revocation's. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly issuer: TokenIssuer,
    private readonly revocation: RevocationService,
    private readonly audit: AuditTrail,
    private readonly settings: Settings,
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
      await this.makeRoom(manager, subject.id);
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

  /** Deletes the ended sessions of a user where they are too many to go with the user in one statement. */
  deleteEnded(userId: string): Promise<void> {
    return this.work.run(async (manager) => {
      const ended = await findEnded(manager, userId, MAX_BATCH_ROWS + 1);
      if (ended.length > MAX_BATCH_ROWS)
        throw new DoFirst(`the deletion of the sessions of ${userId}`, () => this.deleteInBatches(userId));
    });
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

  /**
   * Ends the sessions used longest ago where there are as many as an account may have. Where there are many more, as after
   * `MAX_SESSIONS` was lowered, each sign-in ends some of them.
   */
  private async makeRoom(manager: EntityManager, userId: string): Promise<void> {
    const surplus = await manager.find(Session, {
      select: { id: true },
      where: liveSessions(userId, this.clock.now()),
      order: { lastUsedAt: 'DESC', id: 'ASC' },
      skip: this.settings.maxSessions - 1,
      take: MOST_SURPLUS,
    });
    for (const { id } of surplus)
      await this.revocation.endSessions({ userId, sessionId: id }, 'session_ended');
  }

  private deleteInBatches(userId: string): Promise<void> {
    return this.work.runInBatches(async (manager) => {
      const some = await findEnded(manager, userId, MAX_BATCH_ROWS);
      if (some.length > 0) await manager.delete(Session, { id: In(some.map(({ id }) => id)) });
      return some.length;
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

function findEnded(manager: EntityManager, userId: string, most: number): Promise<Pick<Session, 'id'>[]> {
  return manager.find(Session, {
    select: { id: true },
    where: { userId, endedAt: Not(IsNull()) },
    order: { id: 'ASC' },
    take: most,
  });
}
