import { Injectable } from '@nestjs/common';
import type { CutReason } from '../tokens/cut-reason.js';
import { Denylist } from '../tokens/denylist.js';
import { RevocationService, type RevocableAccessToken } from '../tokens/revocation.service.js';
import type { AccessClaims } from '../tokens/token-claims.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { Clock, numericDate } from '../time/clock.js';

const LONG_OVER_SECONDS = 24 * 3600;

/** Revokes whatever token is presented, for whoever presents it: holding it is the proof (RFC 7009). */
@Injectable()
export class TokenRevocationService {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocation: RevocationService,
    private readonly denylist: Denylist,
    private readonly clock: Clock,
  ) {}

  /** Ends the session of a refresh token, spent or not. What is no such token of ours has no session to end. */
  async endSession(token: string, reason: CutReason): Promise<void> {
    const refresh = this.verifier.findGenuine(token, 'refresh');
    if (refresh) await this.revocation.endSessions({ userId: refresh.sub, sessionId: refresh.sid }, reason);
  }

  /**
   * Revokes an access token alone; with a refresh token its session ends, as RFC 7009 §2.1 would have it. What is no
   * token of ours, or is revoked already, needs no revocation: that is no error (§2.2).
   */
  async revoke(token: string): Promise<void> {
    await this.endSession(token, 'revoked');
    const access = this.verifier.findGenuine(token, 'access');
    // What expired so long ago is refused by every clock: with old tokens, anybody could fill the denylist.
    if (!access || access.exp < numericDate(this.clock.now()) - LONG_OVER_SECONDS) return;
    if (await this.denylist.find('access', access)) await this.denylist.settle();
    else await this.revocation.revokeAccess(revocable(access), 'revoked');
  }
}

function revocable({ jti, sub, exp }: AccessClaims): RevocableAccessToken {
  return { tokenId: jti, userId: sub, expiresAt: new Date(exp * 1000) };
}
