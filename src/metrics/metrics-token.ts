import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Settings } from '../config/settings.js';
import { AppError } from '../errors/app-error.js';
import { bearerToken } from '../http/bearer-token.js';

/** Lets in who holds `METRICS_TOKEN`; everybody where none is set. */
@Injectable()
export class MetricsToken implements CanActivate {
  private readonly due: Buffer | undefined;

  constructor({ metrics }: Settings) {
    this.due = metrics?.token === undefined ? undefined : digest(metrics.token);
  }

  canActivate(context: ExecutionContext): boolean {
    this.require(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** @throws AppError token_missing or token_invalid */
  require(request: FastifyRequest): void {
    if (!this.due) return;
    const presented = bearerToken(request);
    if (presented === null) throw new AppError('token_missing');
    // Digests are of one length, so the comparison takes one time.
    if (!timingSafeEqual(digest(presented), this.due)) throw new AppError('token_invalid');
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
