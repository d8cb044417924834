import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Settings, type TokenType } from '../config/settings.js';
import { AppError } from '../errors/app-error.js';
import { Clock, numericDate } from '../time/clock.js';
import { Denylist } from './denylist.js';
import { invalidToken } from './invalid-token.js';
import type { SigningKey } from './signing-key.js';
import { SigningKeys } from './signing-keys.js';
import { hasClaimsOf, headerType, type Claims, type ClaimsOf } from './token-claims.js';
import { requirePayload, requireSigner, signatureRules, type SignatureRules } from './token-signature.js';
import { unlessRefused } from './unless-refused.js';

/** How far the clocks of two instances may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** What passport-jwt is told, and the signature check here. */
export interface TokenRules extends SignatureRules {
  readonly issuer: string;
  readonly audience: string;
}

/**
 * Decides whether a token holds, in three steps: its header names a key of ours (`requireKey`), its signature, issuer
 * and audience are right (`rules`), its claims hold now and it was not revoked (`accept`). The passport strategies run
 * the same three around passport-jwt.
 */
@Injectable()
export class TokenVerifier {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
    private readonly denylist: Denylist,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError token_invalid, token_expired, token_revoked or overloaded */
  async verify<T extends TokenType>(token: string, type: T): Promise<ClaimsOf[T]> {
    return this.accept(this.requireSignature(token, type), type);
  }

  /** The claims of a token that holds now. @returns undefined for any other text. @throws AppError overloaded */
  async find<T extends TokenType>(token: string, type: T): Promise<ClaimsOf[T] | undefined> {
    const claims = this.findGenuine(token, type);
    const inTime = claims && unlessRefused(() => this.requireInTime(claims));
    return inTime && !(await this.denylist.find(type, inTime)) ? inTime : undefined;
  }

  /**
   * The claims of a token that this service has signed, also where it is revoked, expired or not valid yet: who presents
   * it may revoke it, and another instance, whose clock differs, may still accept it.
   */
  findGenuine<T extends TokenType>(token: string, type: T): ClaimsOf[T] | undefined {
    return unlessRefused(() => requireClaims(this.requireSignature(token, type), type));
  }

  /** Finds the key that a token names, before anything else of it is read. @throws AppError token_invalid */
  requireKey(token: string, type: TokenType): SigningKey {
    const { key, typ } = requireSigner(token, (kid) => this.keys.find(kid));
    if (typ !== headerType[type]) throw invalidToken(`not a token of type ${headerType[type]}`);
    return key;
  }

  rules(type: TokenType): TokenRules {
    const { issuer, audience } = this.settings;
    return { ...signatureRules, issuer, audience: type === 'access' ? audience : issuer };
  }

  /** The payload of a token with a good signature, an issuer and an audience that are ours. @throws AppError token_invalid */
  requireSignature(token: string, type: TokenType): unknown {
    return requirePayload(this.jwt, token, this.requireKey(token, type), this.rules(type));
  }

  /** Checks the payload of a token with a good signature. @throws AppError token_invalid, token_expired, token_revoked or overloaded */
  async accept<T extends TokenType>(payload: unknown, type: T): Promise<ClaimsOf[T]> {
    const claims = this.requireInTime(requireClaims(payload, type));
    const reason = await this.denylist.find(type, claims);
    if (reason) throw new AppError('token_revoked', { reason });
    return claims;
  }

  /**
   * Compares the times of a token with the clock. Another instance may have issued it, so `nbf` has a tolerance; `exp` has
   * none.
   * @throws AppError token_invalid or token_expired
   */
  requireInTime<T extends Claims>(claims: T): T {
    const now = numericDate(this.clock.now());
    if (claims.nbf > now + CLOCK_TOLERANCE_SECONDS) throw invalidToken('not valid yet');
    if (claims.exp <= now) throw new AppError('token_expired');
    return claims;
  }
}

function requireClaims<T extends TokenType>(payload: unknown, type: T): ClaimsOf[T] {
  if (!hasClaimsOf(type, payload)) throw invalidToken('not the claims of ours');
  return payload;
}
