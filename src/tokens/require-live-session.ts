import type { EntityManager } from 'typeorm';
import { lockForUpdate } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import type { CutReason } from './cut-reason.js';
import { RevokedToken } from './revoked-token.entity.js';
import { Session } from './session.entity.js';

/**
 * Loads a session and takes the lock that every rotation and every cut of it takes, until the open unit of work ends.
 * @throws AppError token_revoked where it was ended, or where its last token has expired, swept or not; where it went
 * with its account, the denylist still knows why.
 */
export async function requireLiveSession(manager: EntityManager, id: string, now: Date): Promise<Session> {
  const session = await manager.findOne(Session, { where: { id }, ...lockForUpdate(manager) });
  if (session && !session.endedAt && session.expiresAt > now) return session;
  const reason = session ? session.endedReason : await findCutReason(manager, id);
  throw new AppError('token_revoked', { reason: reason ?? 'session_ended' });
}

async function findCutReason(manager: EntityManager, sessionId: string): Promise<CutReason | undefined> {
  return (await manager.findOneBy(RevokedToken, { id: sessionId }))?.reason;
}
