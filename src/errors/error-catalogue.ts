interface CatalogueEntry {
  readonly status: number;
  readonly message: string;
}

/**
 * Every code the service answers with. Codes are public: never renamed, never used for something else.
 * `docs/errors.md` is compared with this list by a test.
 */
export const errorCatalogue = {
  validation_failed: { status: 400, message: 'The request is not valid: see details' },
  malformed_json: { status: 400, message: 'The body is not well-formed JSON' },
  one_time_token_invalid: {
    status: 400,
    message:
      'The link is not good any more: it was used, replaced by a newer one, or is too old. Ask for another',
  },
  invalid_credentials: { status: 401, message: 'The username or the password is wrong' },
  token_missing: { status: 401, message: 'A bearer token is needed: send it in the Authorization header' },
  token_invalid: { status: 401, message: 'The token is not valid here: sign in to get another' },
  token_expired: { status: 401, message: 'The token has expired' },
  token_revoked: { status: 401, message: 'The token has been revoked: sign in to get another' },
  refresh_token_reused: {
    status: 401,
    message: 'The refresh token was used before, so its session has been ended: sign in again',
  },
  fresh_token_required: { status: 401, message: 'The password must have been given more recently for this' },
  account_disabled: { status: 403, message: 'The account is disabled: ask an administrator' },
  forbidden: { status: 403, message: 'The account lacks the role that this needs' },
  cross_origin_request: {
    status: 403,
    message: 'Only the account page of this service may ask for this, not a page of another origin',
  },
  not_found: { status: 404, message: 'There is nothing here' },
  method_not_allowed: { status: 405, message: 'This path does not take that method: see the Allow header' },
  user_exists: { status: 409, message: 'The username or the email address is taken' },
  last_admin: { status: 409, message: 'The last enabled administrator must stay one' },
  payload_too_large: { status: 413, message: 'The body is larger than 16 KiB' },
  unsupported_media_type: {
    status: 415,
    message: 'The body must be JSON in UTF-8 and not compressed: send Content-Type: application/json',
  },
  rate_limited: { status: 429, message: 'Too many requests: try again after the seconds in Retry-After' },
  overloaded: { status: 503, message: 'The service is busy: try again after the seconds in Retry-After' },
  internal_error: {
    status: 500,
    message: 'Something went wrong here: report the X-Request-Id of this answer',
  },

  // RFC 6749 §5.2, for the OAuth 2.0 endpoints only.
  invalid_request: { status: 400, message: 'A parameter is missing, repeated or malformed' },
  invalid_grant: { status: 400, message: 'The credentials or the refresh token are not valid' },
  invalid_scope: { status: 400, message: 'No scope is granted here: leave it out' },
  unsupported_grant_type: { status: 400, message: 'The grant types here are password and refresh_token' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
