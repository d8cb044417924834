import { HttpException } from '@nestjs/common';

/** What a caller is told: the codes and sentences of the issuer, which a test compares. */
export const refusals = {
  token_missing: { status: 401, message: 'A bearer token is needed: send it in the Authorization header' },
  token_invalid: { status: 401, message: 'The token is not valid here: sign in to get another' },
  token_expired: { status: 401, message: 'The token has expired' },
  token_revoked: { status: 401, message: 'The token has been revoked: sign in to get another' },
  fresh_token_required: { status: 401, message: 'The password must have been given more recently for this' },
  forbidden: { status: 403, message: 'The account lacks the role that this needs' },
  overloaded: { status: 503, message: 'The service is busy: try again after the seconds in Retry-After' },
} as const;

export type RefusalCode = keyof typeof refusals;

interface RefusalFacts {
  /** In seconds: how old a proof of the password may be (RFC 9470 §3). */
  readonly maxAge?: number;
  /** For the log, never for the caller. */
  readonly cause?: unknown;
}

const RETRY_SECONDS = 1;

/** A request that is not let in, with the body that the issuer has for it. */
export class Refusal extends HttpException {
  constructor(
    readonly code: RefusalCode,
    private readonly facts: RefusalFacts = {},
  ) {
    const { status, message } = refusals[code];
    super({ statusCode: status, error: code, message }, status, { cause: facts.cause });
  }

  /** The headers that go with it, such as the challenge of RFC 6750 §3. */
  headers(realm: string): Readonly<Record<string, string>> {
    const { status } = refusals[this.code];
    if (status === 503) return { 'Retry-After': String(RETRY_SECONDS) };
    return status === 401 ? { 'WWW-Authenticate': this.challenge(realm) } : {};
  }

  private challenge(realm: string): string {
    const { message } = refusals[this.code];
    switch (this.code) {
      // Nothing was presented that an error could be told of (RFC 6750 §3.1).
      case 'token_missing':
        return bearer({ realm });
      case 'fresh_token_required':
        return bearer({
          realm,
          error: 'insufficient_user_authentication',
          error_description: message,
          max_age: String(this.facts.maxAge ?? 0),
        });
      default:
        return bearer({ realm, error: 'invalid_token', error_description: message });
    }
  }
}

function bearer(parameters: Readonly<Record<string, string>>): string {
  const all = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return `Bearer ${all.join(', ')}`;
}
