import { ApiProperty } from '@nestjs/swagger';
import type { SecurityEventProfile } from '../audit/audit-event-profile.js';
import type { RefreshToken } from '../tokens/refresh-token.entity.js';
import type { KeptSession } from '../tokens/session-lists.service.js';
import type { User } from '../users/user.entity.js';
import { UserProfile } from '../users/user-profile.js';

export class ExportedUser extends UserProfile {
  /** ISO 8601, UTC */
  password_changed_at!: string;
  /** Whether the account came from another system */
  imported!: boolean;

  static of(user: User, imported: boolean): ExportedUser {
    return Object.assign(UserProfile.from(user), {
      password_changed_at: user.passwordChangedAt.toISOString(),
      imported,
    });
  }
}

class ExportedRefreshToken {
  /** The `jti` of the token */
  id!: string;
  issued_at!: string;
  expires_at!: string;
  used_at!: string | null;
  /** Where it was used from, and by what */
  used_ip!: string | null;
  used_user_agent!: string | null;
  acknowledged_at!: string | null;
  revoked_at!: string | null;

  static from(token: RefreshToken): ExportedRefreshToken {
    return {
      id: token.jti,
      issued_at: token.issuedAt.toISOString(),
      expires_at: token.expiresAt.toISOString(),
      used_at: asText(token.usedAt),
      used_ip: token.usedIp,
      used_user_agent: token.usedUserAgent,
      acknowledged_at: asText(token.acknowledgedAt),
      revoked_at: asText(token.revokedAt),
    };
  }
}

export class ExportedSession {
  id!: string;
  created_at!: string;
  last_used_at!: string;
  expires_at!: string;
  /** The last proof of the password */
  auth_time!: string;
  ip!: string | null;
  user_agent!: string | null;
  ended_at!: string | null;
  ended_reason!: string | null;
  refresh_tokens!: ExportedRefreshToken[];

  static from({ session, refreshTokens }: KeptSession): ExportedSession {
    return {
      id: session.id,
      created_at: session.createdAt.toISOString(),
      last_used_at: session.lastUsedAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
      auth_time: session.authTime.toISOString(),
      ip: session.ip,
      user_agent: session.userAgent,
      ended_at: asText(session.endedAt),
      ended_reason: session.endedReason,
      refresh_tokens: refreshTokens.map((token) => ExportedRefreshToken.from(token)),
    };
  }
}

/** Everything that is kept about a user, but for the password's hash. Times are ISO 8601, UTC. */
export class AccountExport {
  exported_at!: string;
  user!: ExportedUser;
  /** Live and ended ones, until they are swept */
  sessions!: ExportedSession[];
  audit_events!: SecurityEventProfile[];
  /** What each feature keeps of the user, by its name */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'object', additionalProperties: true } },
  })
  features!: Record<string, object[]>;
}

function asText(moment: Date | null): string | null {
  return moment?.toISOString() ?? null;
}
