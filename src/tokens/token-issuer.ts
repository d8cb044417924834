import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { randomBytes, randomUUID } from 'node:crypto';
import { Settings } from '../config/settings.js';
import { addSeconds, Clock, numericDate } from '../time/clock.js';
import { ExtraClaims } from './extra-claims.js';
import type { RefreshToken } from './refresh-token.entity.js';
import type { Session } from './session.entity.js';
import { SigningKeys } from './signing-keys.js';
import type { Subject } from './subject.js';
import { requireReadable } from './token-header.js';
import { headerType, type AccessClaims, type RefreshClaims } from './token-claims.js';
import type { AccessTokenAnswer, TokenPair } from './token-pair.js';
import { signToken } from './token-signature.js';

/** What is remembered of an access token, in the row of the refresh token that it goes out beside. */
export type AccessToken = Pick<RefreshToken, 'accessJti' | 'accessExpiresAt'>;

/** What tokens tell of their session. */
export type SigningSession = Pick<Session, 'id' | 'authTime'>;

interface Freshness {
  /** Whether a password was just given for it. */
  readonly fresh: boolean;
}

/** Makes tokens. Writes nothing: what must be remembered of them is in the rows it is given. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
    private readonly extraClaims: ExtraClaims,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** A new refresh token's row, with the access token that goes out beside it. */
  newRefreshToken(sessionId: string, parentJti: string | null): RefreshToken {
    const jti = randomUUID();
    const now = this.clock.now();
    return {
      jti,
      sessionId,
      parentJti,
      successorJti: null,
      issuedAt: now,
      expiresAt: addSeconds(now, this.settings.refreshTokenTtl),
      usedAt: null,
      usedIp: null,
      usedUserAgent: null,
      parentRepeats: null,
      acknowledgedAt: null,
      revokedAt: null,
      ...this.newAccessToken(jti),
    };
  }

  /** The access token that goes out beside the refresh token with this jti. */
  newAccessToken(refreshJti: string): AccessToken {
    return {
      accessJti: accessJti(refreshJti),
      accessExpiresAt: addSeconds(this.clock.now(), this.settings.accessTokenTtl),
    };
  }

  /** Signs the refresh token of the row and the access token beside it. */
  async signPair(
    subject: Subject,
    session: SigningSession,
    row: RefreshToken,
    freshness: Freshness,
  ): Promise<TokenPair> {
    const access = await this.signAccess(subject, session, row, freshness);
    return Object.assign(access, {
      refresh_token: this.sign(this.refreshClaims(subject, session, row)),
      refresh_expires_in: this.secondsUntil(row.expiresAt),
    });
  }

  /** Signs an access token of the session. */
  async signAccess(
    subject: Subject,
    session: SigningSession,
    access: AccessToken,
    freshness: Freshness,
  ): Promise<AccessTokenAnswer> {
    const extra = await this.extraClaims.of(subject);
    return {
      access_token: this.sign({ ...extra, ...this.accessClaims(subject, session, access, freshness) }),
      token_type: 'bearer',
      expires_in: this.secondsUntil(access.accessExpiresAt),
    };
  }

  private accessClaims(
    subject: Subject,
    session: SigningSession,
    { accessJti: jti, accessExpiresAt }: AccessToken,
    { fresh }: Freshness,
  ): AccessClaims {
    const now = numericDate(this.clock.now());
    const profile = this.settings.accessTokenClaims.map((claim) => [claim, subject[claim]] as const);
    return {
      iss: this.settings.issuer,
      aud: this.settings.audience,
      sub: subject.id,
      jti,
      sid: session.id,
      iat: now,
      nbf: now,
      exp: numericDate(accessExpiresAt),
      type: 'access',
      auth_time: numericDate(session.authTime),
      fresh,
      ...Object.fromEntries(profile),
    };
  }

  private refreshClaims(subject: Subject, session: SigningSession, row: RefreshToken): RefreshClaims {
    return {
      iss: this.settings.issuer,
      aud: this.settings.issuer,
      sub: subject.id,
      jti: row.jti,
      sid: session.id,
      iat: numericDate(row.issuedAt),
      nbf: numericDate(row.issuedAt),
      exp: numericDate(row.expiresAt),
      type: 'refresh',
    };
  }

  private secondsUntil(moment: Date): number {
    return Math.max(0, numericDate(moment) - numericDate(this.clock.now()));
  }

  private sign(claims: AccessClaims | RefreshClaims): string {
    const token = signToken(this.jwt, this.keys.current, headerType[claims.type], claims);
    requireReadable(token);
    return token;
  }
}

const SEPARATOR = '.';

/**
 * An access token's jti begins with that of the refresh token it goes out beside, so that its first use shows, without
 * a table of access tokens, that the client holds that refresh token too.
 */
function accessJti(refreshJti: string): string {
  return `${refreshJti}${SEPARATOR}${randomBytes(9).toString('base64url')}`;
}

/** The jti of the refresh token that an access token went out beside. */
export function refreshJtiBeside(accessJti: string): string {
  const [refreshJti = ''] = accessJti.split(SEPARATOR);
  return refreshJti;
}
