import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { ServiceTokens } from '../../http/service-tokens.js';

/**
 * Lets in who holds one of `REVOCATIONS_TOKEN`; nobody where none is set. The ids name nobody, but how many are cut, and
 * when, is nobody's business, and a stream holds a connection.
 */
@Injectable()
export class RevocationsToken implements CanActivate {
  private readonly due: ServiceTokens;

  constructor({ revocationsTokens }: Settings) {
    this.due = new ServiceTokens(revocationsTokens);
  }

  /** @throws AppError token_missing or token_invalid */
  canActivate(context: ExecutionContext): boolean {
    this.due.require(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
