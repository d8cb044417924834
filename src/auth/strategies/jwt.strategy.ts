import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import type { Identity } from '../../access/identity.js';
import { Acknowledgements } from '../../tokens/acknowledgements.js';
import { TokenVerifier } from '../../tokens/token-verifier.js';
import { VerifiedTokens } from '../../tokens/verified-tokens.js';
import { bearerToken } from '../../http/bearer-token.js';
import { IdentityService } from '../identity.service.js';
import { jwtOptions } from './jwt-options.js';
import { noRegistry } from './own-strategy.js';

/** An access token → who is calling. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly acknowledgements: Acknowledgements,
    private readonly identities: IdentityService,
    private readonly verified: VerifiedTokens,
  ) {
    super({ ...jwtOptions(verifier, 'access', bearerToken), passReqToCallback: true });
  }

  getPassportInstance(): typeof noRegistry {
    return noRegistry;
  }

  /** @throws AppError token_invalid, token_expired, token_revoked or overloaded */
  async validate(request: FastifyRequest, payload: unknown): Promise<Identity> {
    const claims = await this.verifier.accept(payload, 'access');
    this.acknowledgements.note(claims);
    this.verified.remember(bearerToken(request) ?? '', claims);
    return this.identities.of(claims);
  }
}
