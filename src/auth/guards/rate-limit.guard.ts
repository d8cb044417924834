import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import { counterKey } from '../budgets/throttlers.js';
import { AppError } from '../../errors/app-error.js';

/** Counts requests against the limits of `budgets/throttlers.ts`. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  /** One count for a caller over all routes; the library's own counts each route apart. */
  protected override generateKey(_context: ExecutionContext, tracker: string, name: string): string {
    return counterKey(name, tracker);
  }

  protected override throwThrottlingException(
    _: ExecutionContext,
    { timeToBlockExpire }: ThrottlerLimitDetail,
  ): never {
    throw new AppError('rate_limited', { retryAfter: Math.max(1, timeToBlockExpire) });
  }
}
