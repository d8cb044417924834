import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThan, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { MAX_BATCH_ROWS } from '../database/batches.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { decodeCursor, invalidCursor, toPage, type Page } from '../http/cursor.js';
import { Clock } from '../time/clock.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';

/** Keeps a cursor of another list from being taken for one of this. */
const LIVE_LIST = /^sessions (\d+) (\S+)$/;

interface PageRequest {
  readonly limit: number;
  /** Where the page before ended. */
  readonly cursor?: string | undefined;
}

/** A session with what is known of its refresh tokens. */
export interface KeptSession {
  readonly session: Session;
  readonly refreshTokens: readonly RefreshToken[];
}

/** Lists the sessions of a user. */
@Injectable()
export class SessionLists {
  constructor(
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** A page of the user's sessions that can still be used, the one used last first. @throws AppError validation_failed for a bad cursor */
  async listLive(userId: string, { limit, cursor }: PageRequest): Promise<Page<Session>> {
    const live = liveSessions(userId, this.clock.now());
    const sessions = await this.work.runStatement((manager) =>
      manager.find(Session, {
        where: cursor === undefined ? live : afterCursor(live, cursor),
        order: { lastUsedAt: 'DESC', id: 'ASC' },
        take: limit + 1,
      }),
    );
    return toPage(sessions, limit, ({ id, lastUsedAt }) => `sessions ${String(lastUsedAt.getTime())} ${id}`);
  }

  /** Everything that is kept of a user's sessions, the ended ones too, the oldest first. Read some at a time. */
  async *eachKept(userId: string): AsyncGenerator<KeptSession> {
    let last: Session | undefined;
    do {
      const some = await this.work.read((manager) => keptAfter(manager, userId, last));
      yield* some;
      last = some.length === MAX_BATCH_ROWS ? some.at(-1)?.session : undefined;
    } while (last);
  }
}

/** Those that can still be used. */
export function liveSessions(userId: string, now: Date): FindOptionsWhere<Session> {
  return { userId, endedAt: IsNull(), expiresAt: MoreThan(now) };
}

function afterCursor(live: FindOptionsWhere<Session>, cursor: string): FindOptionsWhere<Session>[] {
  const [, time, id] = LIVE_LIST.exec(decodeCursor(cursor)) ?? [];
  const lastUsedAt = new Date(Number(time));
  if (id === undefined || Number.isNaN(lastUsedAt.getTime())) throw invalidCursor();
  return [
    { ...live, lastUsedAt: LessThan(lastUsedAt) },
    { ...live, lastUsedAt, id: MoreThan(id) },
  ];
}

async function keptAfter(
  manager: EntityManager,
  userId: string,
  last: Session | undefined,
): Promise<KeptSession[]> {
  const sessions = await manager.find(Session, {
    where: last
      ? [
          { userId, createdAt: MoreThan(last.createdAt) },
          { userId, createdAt: last.createdAt, id: MoreThan(last.id) },
        ]
      : { userId },
    order: { createdAt: 'ASC', id: 'ASC' },
    take: MAX_BATCH_ROWS,
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
