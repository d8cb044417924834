import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { ThrottlerLimitDetail } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { withRequest } from '../../access/request-context.js';
import { AuditTrail } from '../../audit/audit-trail.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Clock } from '../../time/clock.js';
import { LoginAttempts } from './login-attempts.service.js';
import { isLogin } from './throttlers.js';

/** A counter that has no room for one more. */
export type FullCounter = Pick<ThrottlerLimitDetail, 'key' | 'limit' | 'ttl' | 'timeToBlockExpire'>;

/** Beyond it the oldest go, and may be recorded once more. */
const MOST_KEPT = 200_000;

/**
 * Writes into the audit trail that a limit was reached. Once in a window for each counter: whoever floods the service
 * must not flood the trail with what is refused.
 */
@Injectable()
export class RefusalRecords {
  /** The key of a counter → when its next refusal is recorded, ms since 1970. */
  private readonly silentUntil = new Map<string, number>();

  constructor(
    private readonly attempts: LoginAttempts,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Records that a request was refused by a counter, unless that was recorded for its window. */
  async record(context: ExecutionContext, counter: FullCounter): Promise<void> {
    if (!this.isDue(counter)) return;
    await this.write(context, counter).catch((error: unknown) => {
      this.silentUntil.delete(counter.key);
      throw error;
    });
  }

  private async write(context: ExecutionContext, { limit, ttl }: FullCounter): Promise<void> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const userId = isLogin(context) ? await this.attempts.findUserId(request) : null;
    const details = {
      route: `${request.method} ${request.routeOptions.url ?? ''}`,
      limit,
      seconds: ttl / 1000,
    };
    await withRequest(request, () =>
      this.work.run((manager) => this.audit.record(manager, { type: 'throttled', userId, details })),
    );
  }

  private isDue({ key, ttl }: FullCounter): boolean {
    const now = this.clock.now().getTime();
    if (now < (this.silentUntil.get(key) ?? 0)) return false;
    // Put in anew, so that the oldest are the first.
    this.silentUntil.delete(key);
    this.silentUntil.set(key, now + ttl);
    const [oldest] = this.silentUntil.size > MOST_KEPT ? this.silentUntil.keys() : [];
    if (oldest !== undefined) this.silentUntil.delete(oldest);
    return true;
  }
}
