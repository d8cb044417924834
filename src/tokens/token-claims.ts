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

// No longer than the columns of the database, and of nothing that one of them would choke on.
const ID = /^[\w.-]{1,36}$/;
const JTI = /^[\w.-]{1,64}$/;

const LAST_SECOND_OF_A_DATE = 8_640_000_000_000;

/**
 * Whether a payload with a good signature has the structure of our claims: a shared HS256 secret signs anything. Several
 * audiences are not ours, though RFC 7519 §4.1.3 lets others have them.
 */
export function hasClaimsOf<T extends TokenType>(type: T, payload: unknown): payload is ClaimsOf[T] {
  const claims = (payload ?? {}) as Record<string, unknown>;
  return (
    claims['type'] === type &&
    ['iss', 'aud'].every((name) => isText(claims[name])) &&
    ['sub', 'sid'].every((name) => isMatch(ID, claims[name])) &&
    ['iat', 'nbf', 'exp'].every((name) => isNumericDate(claims[name])) &&
    isMatch(JTI, claims['jti']) &&
    (type === 'refresh' || hasAccessClaims(claims))
  );
}

function hasAccessClaims({ auth_time, fresh, username, roles, email }: Record<string, unknown>): boolean {
  return (
    isNumericDate(auth_time) &&
    typeof fresh === 'boolean' &&
    (username === undefined || isText(username)) &&
    (roles === undefined || (Array.isArray(roles) && roles.every(isText))) &&
    (email === undefined || email === null || isText(email))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isMatch(pattern: RegExp, value: unknown): boolean {
  return isText(value) && pattern.test(value);
}

/** Whole seconds that a Date can hold. */
function isNumericDate(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LAST_SECOND_OF_A_DATE;
}
