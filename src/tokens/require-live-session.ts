import type { EntityManager } from 'typeorm';
import { lockForUpdate } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { Session } from './session.entity.js';

/**
 * Loads a session and takes the lock that every rotation and every cut of it takes, until the open unit of work ends.
 * @throws AppError token_revoked where it was ended, or where its last token has expired, swept or not.
 */
export async function requireLiveSession(manager: EntityManager, id: string, now: Date): Promise<Session> {
  const session = await manager.findOne(Session, { where: { id }, ...lockForUpdate(manager) });
  if (session && !session.endedAt && session.expiresAt > now) return session;
  throw new AppError('token_revoked', { reason: session?.endedReason ?? 'session_ended' });
}
