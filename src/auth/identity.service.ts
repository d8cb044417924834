import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity.js';
import type { Role } from '../access/role.js';
import type { AccessClaims } from '../tokens/token-claims.js';
import { UsersService } from '../users/users.service.js';

/** Makes the caller's identity of an access token, and of the stored user where the token carries too little. */
@Injectable()
export class IdentityService {
  constructor(private readonly users: UsersService) {}

  /** @throws AppError token_revoked where the user is gone. */
  async of(claims: AccessClaims): Promise<Identity> {
    return {
      ...(await this.profileOf(claims)),
      userId: claims.sub,
      sessionId: claims.sid,
      tokenId: claims.jti,
      expiresAt: new Date(claims.exp * 1000),
      authTime: new Date(claims.auth_time * 1000),
    };
  }

  private async profileOf({
    sub,
    username,
    roles,
  }: AccessClaims): Promise<Pick<Identity, 'username' | 'roles'>> {
    if (username !== undefined && roles !== undefined) return { username, roles: roles as Role[] };
    return this.users.require(sub);
  }
}
