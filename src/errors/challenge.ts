import type { AppError } from './app-error.js';

const REALM = 'gatehouse';

/** The WWW-Authenticate challenge of a 401 (RFC 6750 §3, RFC 9470 §3). */
export function challenge(error: AppError): string {
  switch (error.code) {
    // Nothing was presented that an error could be told of (RFC 6750 §3.1).
    case 'token_missing':
    case 'invalid_credentials':
      return bearer();
    case 'fresh_token_required':
      return bearer({
        error: 'insufficient_user_authentication',
        error_description: error.message,
        max_age: String(error.facts.maxAge ?? 0),
      });
    default:
      return bearer({ error: 'invalid_token', error_description: error.message });
  }
}

function bearer(parameters: Record<string, string> = {}): string {
  const all = Object.entries({ realm: REALM, ...parameters });
  return `Bearer ${all.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}
