import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { FreshToken } from '../../access/fresh-token.decorator.js';
import type { Identity } from '../../access/identity.js';
import { Settings } from '../../config/settings.js';
import { AppError } from '../../errors/app-error.js';
import { Clock } from '../../time/clock.js';

/** Enforces `@FreshToken()`: the step-up challenge of RFC 9470. */
@Injectable()
export class FreshTokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError fresh_token_required */
  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<true | undefined>(FreshToken.KEY, places) !== true) return true;
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user?: Identity }>();
    const { freshTtl } = this.settings;
    const age = (this.clock.now().getTime() - (user?.authTime.getTime() ?? 0)) / 1000;
    if (age <= freshTtl) return true;
    throw new AppError('fresh_token_required', { maxAge: freshTtl });
  }
}
