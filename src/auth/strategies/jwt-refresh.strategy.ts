import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { AppError } from '../../errors/app-error.js';
import type { RefreshClaims } from '../../tokens/token-claims.js';
import { TokenVerifier } from '../../tokens/token-verifier.js';
import { bearerToken } from '../../http/bearer-token.js';
import { jwtOptions } from './jwt-options.js';
import { noRegistry } from './own-strategy.js';

/**
 * A refresh token, in the body or as bearer → its claims. The body goes first: many clients send their access token with
 * every request. Whether it was used before is the rotation's to say.
 */
@Injectable()
export class JwtRefreshStrategy extends PassportStrategy(Strategy, 'jwt-refresh') {
  constructor(private readonly verifier: TokenVerifier) {
    super(jwtOptions(verifier, 'refresh', (request) => bodyToken(request) ?? bearerToken(request)));
  }

  getPassportInstance(): typeof noRegistry {
    return noRegistry;
  }

  /** @throws AppError token_invalid, token_expired, token_revoked or overloaded */
  validate(payload: unknown): Promise<RefreshClaims> {
    return this.verifier.accept(payload, 'refresh');
  }
}

function bodyToken({ body }: FastifyRequest): string | null {
  const token = (body as { refresh_token?: unknown } | null | undefined)?.refresh_token;
  if (token === undefined || typeof token === 'string') return token ?? null;
  throw new AppError('validation_failed', {
    fields: [{ field: 'refresh_token', message: 'must be a text' }],
  });
}
