import { Injectable } from '@nestjs/common';
import { Acknowledgements } from './acknowledgements.js';
import { Denylist } from './denylist.js';
import type { SigningKey } from './signing-key.js';
import { SigningKeys } from './signing-keys.js';
import type { AccessClaims } from './token-claims.js';
import { TokenVerifier } from './token-verifier.js';
import { unlessRefused } from './unless-refused.js';

/** A token and its claims take about one KiB. */
const MOST_TOKENS = 10_000;

interface Verified {
  readonly claims: AccessClaims;
  readonly key: SigningKey;
}

/**
 * The access tokens whose signature was found good, so that it is not computed again for each request of the same
 * caller. Only what cannot change is remembered, and with the key it is forgotten; time and denylist are looked at
 * every time.
 */
@Injectable()
export class VerifiedTokens {
  private readonly known = new Map<string, Verified>();

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly keys: SigningKeys,
    private readonly denylist: Denylist,
    private readonly acknowledgements: Acknowledgements,
  ) {}

  /** Remembers a token that was accepted. */
  remember(token: string, claims: AccessClaims): void {
    this.known.set(token, { claims, key: this.verifier.requireKey(token, 'access') });
    const [oldest] = this.known.size > MOST_TOKENS ? this.known.keys() : [];
    if (oldest !== undefined) this.known.delete(oldest);
  }

  /** The claims of a token that holds now. @returns undefined for one that has to be verified, or refused, in full */
  accept(token: string): AccessClaims | undefined {
    const verified = this.known.get(token);
    if (!verified) return undefined;
    const { claims, key } = verified;
    const isOurs = this.keys.find(key.kid) === key;
    if (!isOurs || !unlessRefused(() => this.verifier.requireInTime(claims))) {
      this.known.delete(token);
      return undefined;
    }
    if (!this.denylist.isClear('access', claims)) return undefined;
    this.acknowledgements.note(claims);
    return claims;
  }
}
