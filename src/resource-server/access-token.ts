import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { Clock } from '../time/clock.js';
import { IssuerKeys, KeysUnavailable } from './issuer-keys.js';
import { Refusal } from './refusal.js';
import { ResourceServerSettings } from './resource-server-options.js';

/** What an access token says (RFC 9068). */
export interface AccessTokenClaims {
  readonly sub: string;
  readonly jti: string;
  readonly sid: string;
  readonly exp: number;
  readonly auth_time: number;
  readonly username?: string;
  readonly roles?: readonly string[];
}

/** Those that a key set can be published for. Which of them a token must have, its key says. */
export const ALGORITHMS = ['ES256', 'RS256', 'PS256'];
const LONGEST_TOKEN_BYTES = 4096;

/** Verifies access tokens: signature, issuer, audience, type and times. Whether one was revoked, it does not know. */
@Injectable()
export class AccessTokenVerifier {
  constructor(
    private readonly keys: IssuerKeys,
    private readonly settings: ResourceServerSettings,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal token_invalid, token_expired, or overloaded where the keys cannot be fetched */
  async verify(token: string): Promise<AccessTokenClaims> {
    if (token.length > LONGEST_TOKEN_BYTES) throw new Refusal('token_invalid');
    const payload = await this.requireGenuine(token);
    if (!isAccessToken(payload)) throw new Refusal('token_invalid');
    return payload;
  }

  private async requireGenuine(token: string): Promise<JWTPayload> {
    const { issuer, audience, clockTolerance } = this.settings;
    try {
      const { payload } = await jwtVerify(token, this.keys.find, {
        issuer,
        audience,
        clockTolerance,
        algorithms: ALGORITHMS,
        // Tells an access token from every other JWT of the issuer (RFC 9068 §4, RFC 8725 §3.11).
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat'],
        currentDate: this.clock.now(),
      });
      return payload;
    } catch (cause) {
      throw refusalOf(cause);
    }
  }
}

function refusalOf(cause: unknown): Refusal {
  if (cause instanceof KeysUnavailable) return new Refusal('overloaded', { cause });
  return new Refusal(cause instanceof errors.JWTExpired ? 'token_expired' : 'token_invalid', { cause });
}

function isAccessToken(payload: JWTPayload): payload is JWTPayload & AccessTokenClaims {
  const { type, username, roles, auth_time } = payload;
  return (
    type === 'access' &&
    ['sub', 'jti', 'sid'].every((name) => isText(payload[name])) &&
    Number.isSafeInteger(auth_time) &&
    (username === undefined || isText(username)) &&
    (roles === undefined || (Array.isArray(roles) && roles.every(isText)))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
