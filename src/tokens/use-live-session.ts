import type { EntityManager } from 'typeorm';
import type { Client } from '../access/client.decorator.js';
import { sqlIn } from '../database/sql.js';
import { requireLiveSession } from './require-live-session.js';
import type { SigningSession } from './token-issuer.js';

/**
 * Notes that a session is used now, by whom, and lives at least until the tokens that it gives out have expired. As
 * {@link requireLiveSession}, in one statement: every refresh asks for both.
 *
 * To be called once in a unit of work, after the lock: PostgreSQL looks for the user of a session that is changed a
 * second time, and who has locked that user may wait for the session.
 * @throws AppError token_revoked
 */
export async function useLiveSession(
  manager: EntityManager,
  id: string,
  now: Date,
  until: Date,
  { ip, userAgent }: Client,
): Promise<SigningSession> {
  const { records } = await sqlIn(manager)`
    UPDATE sessions SET last_used_at = ${now}, ip = ${ip}, user_agent = ${userAgent}, expires_at = CASE WHEN expires_at < ${until} THEN ${until} ELSE expires_at END
    WHERE id = ${id} AND ended_at IS NULL AND expires_at > ${now} RETURNING auth_time`;
  // PostgreSQL's driver tells a bigint as text.
  const [row] = records as { auth_time: number | string }[];
  return row ? { id, authTime: new Date(Number(row.auth_time)) } : requireLiveSession(manager, id, now);
}

/**
 * Takes the lock that every rotation and every cut of a session takes, until the open unit of work ends. On SQLite one
 * unit goes at a time.
 */
export async function lockSession(manager: EntityManager, id: string): Promise<void> {
  if (manager.connection.options.type === 'sqlite') return;
  await sqlIn(manager)`SELECT 1 FROM sessions WHERE id = ${id} FOR UPDATE`;
}
