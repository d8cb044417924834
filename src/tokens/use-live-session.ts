import type { EntityManager } from 'typeorm';
import { sqlIn } from '../database/sql.js';
import { requireLiveSession } from './require-live-session.js';
import type { Session } from './session.entity.js';
import type { RefreshClaims } from './token-claims.js';

/** What a rotation has to know of its session. */
export type LiveSession = Pick<Session, 'id' | 'userId' | 'authTime' | 'expiresAt'>;

interface SessionRow {
  readonly user_id: string;
  // PostgreSQL's driver tells a bigint as text.
  readonly auth_time: number | string;
  readonly expires_at: number | string;
}

/**
 * As {@link requireLiveSession} for the session of a refresh token, and notes that it is used now. Where the token is
 * unused, the session will live until its successor expires. In one statement, as all refreshes ask for both.
 * @param until when a successor made now, and the access token beside it, will both have expired
 * @throws AppError token_revoked
 */
export async function useLiveSession(
  manager: EntityManager,
  { jti, sid }: Pick<RefreshClaims, 'jti' | 'sid'>,
  now: Date,
  until: Date,
): Promise<LiveSession> {
  const { records } = await sqlIn(manager)`
    UPDATE sessions SET last_used_at = ${now}, expires_at = CASE
      WHEN expires_at < ${until} AND EXISTS (SELECT 1 FROM refresh_tokens WHERE jti = ${jti} AND used_at IS NULL)
      THEN ${until} ELSE expires_at END
    WHERE id = ${sid} AND ended_at IS NULL AND expires_at > ${now}
    RETURNING user_id, auth_time, expires_at`;
  const [row] = records as SessionRow[];
  if (!row) return requireLiveSession(manager, sid, now);
  const { user_id: userId, auth_time, expires_at } = row;
  return { id: sid, userId, authTime: new Date(Number(auth_time)), expiresAt: new Date(Number(expires_at)) };
}
