import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.js';
import { isOpen } from '../../access/route-access.js';
import { bearerToken } from '../../http/bearer-token.js';
import { AccessTokens } from '../access-tokens.service.js';
import { JwtStrategy } from '../strategies/jwt.strategy.js';
import { ownStrategy } from '../strategies/own-strategy.js';
import { requireAuthenticated } from './require-authenticated.js';

/** Wants a valid access token on every route that is not `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard() {
  constructor(
    strategy: JwtStrategy,
    private readonly tokens: AccessTokens,
  ) {
    super(ownStrategy(strategy));
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return isOpen(context) || this.recognizes(context) || (super.canActivate(context) as Promise<boolean>);
  }

  override handleRequest<T>(error: unknown, identity: T | false, failure: unknown): T {
    return requireAuthenticated(error, identity, failure);
  }

  /** Whether the caller can be told from what passport found out of the same token before. Passport alone refuses. */
  private recognizes(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Identity }>();
    const token = bearerToken(request);
    const identity = token === null ? undefined : this.tokens.recognize(token);
    if (!identity) return false;
    request.user = identity;
    return true;
  }
}
