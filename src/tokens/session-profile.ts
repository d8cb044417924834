import type { Session } from './session.entity.js';

/** A session as its user may see it. */
export class SessionProfile {
  /** UUID: the `sid` of the session's tokens */
  id!: string;
  /** ISO 8601, UTC */
  created_at!: string;
  /** The sign-in or the last refresh; ISO 8601, UTC */
  last_used_at!: string;
  ip!: string | null;
  user_agent!: string | null;
  /** Whether it is the session of the token that asks */
  current!: boolean;

  static from(session: Session, currentId: string): SessionProfile {
    return {
      id: session.id,
      created_at: session.createdAt.toISOString(),
      last_used_at: session.lastUsedAt.toISOString(),
      ip: session.ip,
      user_agent: session.userAgent,
      current: session.id === currentId,
    };
  }
}

export class SessionList {
  sessions!: SessionProfile[];
  /** For the next page; null at the end */
  next_cursor!: string | null;
}
