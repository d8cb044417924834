import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { RequestPipe } from '../../http/request.pipe.js';
import { LoginDto } from '../dto/login.dto.js';
import { LocalStrategy } from '../strategies/local.strategy.js';
import { ownStrategy } from '../strategies/own-strategy.js';
import { requireAuthenticated } from './require-authenticated.js';

/** Wants a username and the right password in the body. */
@Injectable()
export class LocalAuthGuard extends AuthGuard() {
  private readonly pipe = new RequestPipe();

  constructor(strategy: LocalStrategy) {
    super(ownStrategy(strategy));
  }

  /** Guards run before pipes, and passport-local would look for what the body lacks in the URL: so checked here. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    await this.pipe.transform(body, { type: 'body', metatype: LoginDto });
    return (await super.canActivate(context)) as boolean;
  }

  override handleRequest<T>(error: unknown, user: T | false, failure: unknown): T {
    return requireAuthenticated(error, user, failure);
  }
}
