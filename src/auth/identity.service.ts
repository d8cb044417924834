import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity.js';
import type { Role } from '../access/role.js';
import type { AccessClaims } from '../tokens/token-claims.js';
import { UserReader } from '../users/user-reader.js';

/** Makes the caller's identity of an access token, and of the stored user where the token carries too little. */
@Injectable()
export class IdentityService {
  constructor(private readonly users: UserReader) {}

  /** @throws AppError token_revoked where the user is gone. */
  async of(claims: AccessClaims): Promise<Identity> {
    return this.ofClaims(claims) ?? identityOf(claims, await this.users.require(claims.sub));
  }

  /** As {@link of}, of the claims alone. @returns undefined where they carry too little */
  ofClaims(claims: AccessClaims): Identity | undefined {
    const { username, roles } = claims;
    if (username === undefined || roles === undefined) return undefined;
    return identityOf(claims, { username, roles: roles as Role[] });
  }
}

function identityOf(
  { sub, sid, jti, exp, auth_time }: AccessClaims,
  { username, roles }: Pick<Identity, 'username' | 'roles'>,
): Identity {
  return {
    username,
    roles,
    userId: sub,
    sessionId: sid,
    tokenId: jti,
    expiresAt: new Date(exp * 1000),
    authTime: new Date(auth_time * 1000),
  };
}
