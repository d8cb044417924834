import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { Public } from '../../access/public.decorator.js';
import { requireAuthenticated } from './require-authenticated.js';

/** Wants a valid access token on every route that is not `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const open = this.reflector.getAllAndOverride<true | undefined>(Public.KEY, [
      context.getHandler(),
      context.getClass(),
    ]);
    return open ?? ((await super.canActivate(context)) as boolean);
  }

  override handleRequest<T>(error: unknown, identity: T | false, failure: unknown): T {
    return requireAuthenticated(error, identity, failure);
  }
}
