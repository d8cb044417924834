import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity.js';
import { Acknowledgements } from '../tokens/acknowledgements.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { VerifiedTokens } from '../tokens/verified-tokens.js';
import { IdentityService } from './identity.service.js';

/** Access tokens → who is calling. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly verified: VerifiedTokens,
    private readonly acknowledgements: Acknowledgements,
    private readonly identities: IdentityService,
  ) {}

  /** @throws AppError token_invalid, token_expired, token_revoked or overloaded */
  async authenticate(token: string): Promise<Identity> {
    return this.recognize(token) ?? this.accept(token, this.verifier.requireSignature(token, 'access'));
  }

  /** As {@link authenticate}, at once. @returns undefined where it takes longer: a token not seen before, or refused */
  recognize(token: string): Identity | undefined {
    const claims = this.verified.accept(token);
    return claims && this.identities.ofClaims(claims);
  }

  /**
   * As {@link authenticate}, once the signature was found good.
   * @throws AppError token_invalid, token_expired, token_revoked or overloaded
   */
  async accept(token: string, payload: unknown): Promise<Identity> {
    const claims = await this.verifier.accept(payload, 'access');
    this.acknowledgements.note(claims);
    this.verified.remember(token, claims);
    return this.identities.of(claims);
  }
}
