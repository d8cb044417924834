import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { RefusalRecords, type FullCounter } from '../budgets/refusal-records.js';
import { counterKey } from '../budgets/throttlers.js';
import { AppError } from '../../errors/app-error.js';

/** Counts requests against the limits of `budgets/throttlers.ts`, one after another. */
@Injectable()
export class ThrottleGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly refusals: RefusalRecords,
  ) {
    super(options, storage, reflector);
  }

  /** One count for a caller over all routes; the library's own counts each route apart. */
  protected override generateKey(_context: ExecutionContext, tracker: string, name: string): string {
    return counterKey(name, tracker);
  }

  protected override throwThrottlingException(
    context: ExecutionContext,
    counter: ThrottlerLimitDetail,
  ): Promise<never> {
    return this.refuse(context, counter);
  }

  /** @throws AppError rate_limited, once it is on record */
  async refuse(context: ExecutionContext, counter: FullCounter): Promise<never> {
    await this.refusals.record(context, counter);
    throw new AppError('rate_limited', { retryAfter: Math.max(1, counter.timeToBlockExpire) });
  }
}
