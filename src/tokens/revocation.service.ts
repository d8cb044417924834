import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { Denylist } from './denylist.js';
import { RefreshToken } from './refresh-token.entity.js';
import type { RefreshClaims } from './token-claims.js';

/** What is known of an access token that is to be revoked. */
interface AccessToken {
  readonly tokenId: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

/** Revokes single tokens; their session goes on. Holds once it returns. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly denylist: Denylist,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Revokes this access token alone. */
  revokeAccess({ tokenId, userId, expiresAt }: AccessToken): Promise<void> {
    return this.work.run((manager) =>
      this.revoke(manager, 'access', { jti: tokenId, sub: userId, expiresAt }),
    );
  }

  /** Revokes this refresh token and, where it was used already, what came of it: the session cannot be refreshed any more. */
  revokeRefresh({ jti, sid, sub, exp }: RefreshClaims): Promise<void> {
    return this.work.run(async (manager) => {
      await manager.update(
        RefreshToken,
        { sessionId: sid, revokedAt: IsNull() },
        { revokedAt: this.clock.now() },
      );
      await this.revoke(manager, 'refresh', { jti, sub, expiresAt: new Date(exp * 1000) });
    });
  }

  private async revoke(
    manager: EntityManager,
    tokenType: string,
    { jti, sub, expiresAt }: { jti: string; sub: string; expiresAt: Date },
  ): Promise<void> {
    await this.denylist.add(manager, [{ id: jti, reason: 'revoked', expiresAt }]);
    await this.audit.record(manager, {
      type: 'token_revoked',
      userId: sub,
      details: { token_type: tokenType, jti },
    });
  }
}
