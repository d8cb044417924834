import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import type { Identity } from '../../access/identity.js';
import { TokenVerifier } from '../../tokens/token-verifier.js';
import { bearerToken } from '../../http/bearer-token.js';
import { AccessTokens } from '../access-tokens.service.js';
import { jwtOptions } from './jwt-options.js';
import { noRegistry } from './own-strategy.js';

/** An access token → who is calling. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    verifier: TokenVerifier,
    private readonly tokens: AccessTokens,
  ) {
    super({ ...jwtOptions(verifier, 'access', bearerToken), passReqToCallback: true });
  }

  getPassportInstance(): typeof noRegistry {
    return noRegistry;
  }

  /** @throws AppError token_invalid, token_expired, token_revoked or overloaded */
  validate(request: FastifyRequest, payload: unknown): Promise<Identity> {
    return this.tokens.accept(bearerToken(request) ?? '', payload);
  }
}
