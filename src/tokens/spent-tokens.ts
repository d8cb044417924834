import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inBatches } from '../database/batches.js';
import { lockUnlessLocked } from '../database/lock-unless-locked.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { every } from '../time/every.js';
import { RefreshToken } from './refresh-token.entity.js';

const FORGET_EVERY_MS = 1000;
const SESSIONS_A_STATEMENT = 100;

/**
 * Keeps a session's rows few: what is older than the token spent last can only be a reuse, known or not, once the access
 * token that went out beside it has expired. Several sessions together, so that no refresh waits for it.
 */
@Injectable()
export class SpentTokens implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SpentTokens.name);
  private readonly sessions = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = every(FORGET_EVERY_MS, () => this.forget(), this.logger);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Forgets the ancestors of what a session has just spent, soon; in a session that goes on, at the latest with the next. */
  forgetSoon(sessionId: string): void {
    this.sessions.add(sessionId);
  }

  /** Forgets what is due now. */
  async forget(): Promise<void> {
    const due = [...this.sessions];
    this.sessions.clear();
    for (const some of inBatches(due, SESSIONS_A_STATEMENT))
      await this.work.run((manager) => forgetAncestors(manager, some, this.clock.now()));
  }
}

async function forgetAncestors(manager: EntityManager, sessionIds: string[], now: Date): Promise<void> {
  const unused =
    'SELECT 1 FROM refresh_tokens next WHERE next.jti = spent.successor_jti AND next.used_at IS NULL';
  const ancestors = manager
    .createQueryBuilder(RefreshToken, 'spent')
    .select('spent.jti')
    .where('spent.session_id IN (:...sessionIds) AND spent.access_expires_at <= :now', {
      sessionIds,
      now: String(now.getTime()),
    })
    .andWhere(`spent.used_at IS NOT NULL AND NOT EXISTS (${unused})`);
  const { lock } = lockUnlessLocked(manager);
  if (lock) ancestors.setLock(lock.mode).setOnLocked(lock.onLocked);
  const jtis = (await ancestors.getMany()).map(({ jti }) => jti);
  if (jtis.length > 0) await manager.delete(RefreshToken, jtis);
}
