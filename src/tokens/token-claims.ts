import type { TokenType } from '../config/settings.js';

/** The claims of both kinds of token. Times are NumericDate seconds (RFC 7519 §2). */
interface CommonClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly jti: string;
  readonly sid: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
}

export interface RefreshClaims extends CommonClaims {
  readonly type: 'refresh';
}

/** RFC 9068, with `fresh` on a token that a password was just given for. */
export interface AccessClaims extends CommonClaims {
  readonly type: 'access';
  readonly auth_time: number;
  readonly fresh: boolean;
  readonly username?: string;
  readonly roles?: readonly string[];
  readonly email?: string | null;
}

export interface ClaimsOf {
  access: AccessClaims;
  refresh: RefreshClaims;
}

export type Claims = AccessClaims | RefreshClaims;

/** The `typ` header of each kind: one is never taken for the other (RFC 8725 §3.11). */
export const headerType = { access: 'at+jwt', refresh: 'rt+jwt' } as const satisfies Record<
  TokenType,
  string
>;

/** Whether a payload with a good signature has the structure of our claims; a shared HS256 secret signs anything. */
export function hasClaimsOf<T extends TokenType>(type: T, payload: unknown): payload is ClaimsOf[T] {
  const claims = (payload ?? {}) as Record<string, unknown>;
  return (
    claims['type'] === type &&
    ['sub', 'jti', 'sid'].every((name) => typeof claims[name] === 'string') &&
    ['iat', 'nbf', 'exp'].every((name) => Number.isSafeInteger(claims[name])) &&
    (type === 'refresh' ||
      (Number.isSafeInteger(claims['auth_time']) && typeof claims['fresh'] === 'boolean'))
  );
}
