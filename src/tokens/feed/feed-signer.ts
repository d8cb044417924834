import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Settings } from '../../config/settings.js';
import { numericDate } from '../../time/clock.js';
import type { DenylistEntry } from '../denylist-table.js';
import { SigningKeys } from '../signing-keys.js';
import { signToken } from '../token-signature.js';

/** The `typ` header of a page. With an audience of its own too, none is taken for a token (RFC 8725 §3.11, §3.12). */
const FEED_TYPE = 'revocations+jwt';

/** An older page tells nothing that is worth to be known: also a reader that never looks at `iat` refuses it then. */
const HOLDS_FOR_SECONDS = 60;

/** What is on a page. */
export interface FeedPageContent {
  /** The cursor that the page comes after; null at the beginning. */
  readonly since: string | null;
  /** Where the page after this one begins; null where there is nothing yet. */
  readonly cursor: string | null;
  readonly hasMore: boolean;
  readonly revoked: readonly DenylistEntry[];
  /** All that was revoked until then is on this page or one before it, unless there are more. */
  readonly asOf: Date;
}

/** The claims of a page. */
export interface FeedClaims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly since: string | null;
  readonly cursor: string | null;
  readonly more: boolean;
  /** By the `jti` of a token, or by the `sid` of all tokens of a session. */
  readonly revoked: readonly { readonly id: string; readonly exp: number }[];
}

/** Signs pages as tokens are signed: a mirror trusts them behind whatever carries them. */
@Injectable()
export class FeedSigner {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
    private readonly settings: Settings,
  ) {}

  sign(content: FeedPageContent): string {
    return signToken(this.jwt, this.keys.current, FEED_TYPE, this.claims(content));
  }

  private claims({ since, cursor, hasMore, revoked, asOf }: FeedPageContent): FeedClaims {
    const iat = numericDate(asOf);
    return {
      iss: this.settings.issuer,
      aud: feedAudience(this.settings.issuer),
      iat,
      exp: iat + HOLDS_FOR_SECONDS,
      since,
      cursor,
      more: hasMore,
      revoked: revoked.map(({ id, expiresAt }) => ({ id, exp: Math.ceil(expiresAt.getTime() / 1000) })),
    };
  }
}

/** Whom a page is for: nobody whom a token is for. */
function feedAudience(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/revocations`;
}
