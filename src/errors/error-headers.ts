import type { AppError } from './app-error.js';
import { challenge } from './challenge.js';

/** The headers that go with a refusal. */
export function errorHeaders(error: AppError): Readonly<Record<string, string>> {
  const { allow, retryAfter } = error.facts;
  return {
    ...(error.status === 401 && { 'WWW-Authenticate': challenge(error) }),
    ...(allow && { Allow: allow.join(', ') }),
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
  };
}
