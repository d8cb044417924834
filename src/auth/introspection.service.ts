import { Injectable } from '@nestjs/common';
import { Acknowledgements } from '../tokens/acknowledgements.js';
import { SessionsService } from '../tokens/sessions.service.js';
import type { Claims } from '../tokens/token-claims.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { UsersService } from '../users/users.service.js';
import type { Introspection } from './introspection.js';

const REFRESH = 'refresh_token';

/** Tells other services whether a token holds now, which its signature cannot show. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly acknowledgements: Acknowledgements,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  /**
   * Whatever is wrong with a token is no error here: it is not active, and that is all that is told (RFC 7662 §2.2). A
   * refresh token is active only for who asks for one: anybody else would take it for an access token.
   */
  async introspect(token: string, hint?: string): Promise<Introspection> {
    const claims =
      (await this.verifier.find(token, 'access')) ??
      (hint === REFRESH ? await this.verifier.find(token, 'refresh') : undefined);
    if (!claims || !(await this.isUsable(claims))) return { active: false };
    const user = await this.users.find(claims.sub);
    if (!user || user.disabled) return { active: false };
    const { type, exp, iat, nbf, sub, aud, iss, jti, sid } = claims;
    const { username, roles } = user;
    const common = { active: true, username, exp, iat, nbf, sub, aud, iss, jti, sid };
    return type === 'access'
      ? { ...common, token_type: 'bearer', roles }
      : { ...common, token_type: REFRESH };
  }

  private async isUsable(claims: Claims): Promise<boolean> {
    if (claims.type === 'refresh') return this.sessions.isSpendable(claims);
    // Whoever asks has got the token from the client, which therefore holds what came with it.
    this.acknowledgements.note(claims);
    return true;
  }
}
