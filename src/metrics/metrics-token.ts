import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { ServiceTokens } from '../http/service-tokens.js';

/** Lets in who holds `METRICS_TOKEN`; everybody where none is set. */
@Injectable()
export class MetricsToken implements CanActivate {
  private readonly due: ServiceTokens | undefined;

  constructor({ metrics }: Settings) {
    this.due = metrics?.token === undefined ? undefined : new ServiceTokens([metrics.token]);
  }

  canActivate(context: ExecutionContext): boolean {
    this.require(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** @throws AppError token_missing or token_invalid */
  require(request: FastifyRequest): void {
    this.due?.require(request);
  }
}
