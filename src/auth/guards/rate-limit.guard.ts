import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DefaultLimits } from '../budgets/default-limits.js';
import { throttleOf } from '../budgets/throttlers.js';
import { ThrottleGuard } from './throttle.guard.js';

/** Refuses who asks too often. A route with no limit of its own is counted on the spot, if the counters are at hand. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly defaults: DefaultLimits,
    private readonly throttle: ThrottleGuard,
  ) {}

  /** @throws AppError rate_limited */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (throttleOf(context) !== undefined) return this.throttle.canActivate(context);
    const outcome = this.defaults.countNow(context.switchToHttp().getRequest<FastifyRequest>());
    if (outcome === 'taken') return true;
    if (outcome === 'unknown') return this.throttle.canActivate(context);
    return this.throttle.refuse(context, outcome);
  }
}
