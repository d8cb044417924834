import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.js';
import { wantsFreshToken } from '../../access/route-access.js';
import { Settings } from '../../config/settings.js';
import { AppError } from '../../errors/app-error.js';
import { Clock } from '../../time/clock.js';

/** Enforces `@FreshToken()`: the step-up challenge of RFC 9470. */
@Injectable()
export class FreshTokenGuard implements CanActivate {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError fresh_token_required */
  canActivate(context: ExecutionContext): boolean {
    if (!wantsFreshToken(context)) return true;
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user?: Identity }>();
    const { freshTtl } = this.settings;
    const age = (this.clock.now().getTime() - (user?.authTime.getTime() ?? 0)) / 1000;
    if (age <= freshTtl) return true;
    throw new AppError('fresh_token_required', { maxAge: freshTtl });
  }
}
