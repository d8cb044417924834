import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../errors/app-error.js';
import { bearerToken } from './bearer-token.js';

/** The secrets of a setting that let other services in as bearer token. */
export class ServiceTokens {
  private readonly due: readonly Buffer[];

  /** @param tokens each lets in; none of them, nobody is let in */
  constructor(tokens: readonly string[]) {
    this.due = tokens.map(digest);
  }

  /** @throws AppError token_missing or token_invalid */
  require(request: FastifyRequest): void {
    const presented = bearerToken(request);
    if (presented === null) throw new AppError('token_missing');
    if (!this.includes(digest(presented))) throw new AppError('token_invalid');
  }

  /** Digests are of one length, so each comparison takes one time. */
  private includes(presented: Buffer): boolean {
    return this.due.filter((token) => timingSafeEqual(presented, token)).length > 0;
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
