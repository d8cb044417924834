import { Injectable } from '@nestjs/common';
import { jwtVerify, type JWTPayload } from 'jose';
import { Clock } from '../time/clock.js';
import { ALGORITHMS } from './access-token.js';
import { IssuerKeys } from './issuer-keys.js';
import { ResourceServerSettings } from './resource-server-options.js';

/** A page of the issuer's feed of revocations. */
export interface FeedPage {
  /** The cursor that it comes after; null at the beginning. */
  readonly since: string | null;
  readonly cursor: string | null;
  readonly more: boolean;
  readonly revoked: readonly RevokedId[];
  /** When the issuer made it, in seconds: until then nothing is missing, unless there is more. */
  readonly iat: number;
}

/** The `jti` of a token or the `sid` of a session, and until when it matters, in seconds. */
interface RevokedId {
  readonly id: string;
  readonly exp: number;
}

/** Takes a page for genuine only where the issuer has signed it as one. */
@Injectable()
export class FeedPageVerifier {
  constructor(
    private readonly keys: IssuerKeys,
    private readonly settings: ResourceServerSettings,
    private readonly clock: Clock,
  ) {}

  /** @throws JOSEError, KeysUnavailable or Error for what is no page of the issuer's, or too old or new to be one */
  async verify(jwt: string): Promise<FeedPage> {
    const { issuer, clockTolerance } = this.settings;
    const currentDate = this.clock.now();
    const { payload } = await jwtVerify(jwt, this.keys.find, {
      issuer,
      // Neither is that of a token.
      audience: `${issuer.replace(/\/$/, '')}/revocations`,
      typ: 'revocations+jwt',
      algorithms: ALGORITHMS,
      requiredClaims: ['iat', 'exp'],
      clockTolerance,
      currentDate,
    });
    if (!isFeedPage(payload)) throw new Error('not the claims of a page');
    // From the future it would count as new for as long as the clocks are apart.
    if (payload.iat > currentDate.getTime() / 1000 + clockTolerance)
      throw new Error('the clock of the issuer is ahead of ours');
    return payload;
  }
}

function isFeedPage(payload: JWTPayload): payload is JWTPayload & FeedPage {
  const { since, cursor, more, revoked } = payload;
  return (
    isCursor(since) &&
    isCursor(cursor) &&
    typeof more === 'boolean' &&
    Array.isArray(revoked) &&
    revoked.every(isRevokedId)
  );
}

function isCursor(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value !== '');
}

function isRevokedId(value: unknown): value is RevokedId {
  const { id, exp } = (value ?? {}) as Partial<Record<keyof RevokedId, unknown>>;
  return typeof id === 'string' && typeof exp === 'number';
}
