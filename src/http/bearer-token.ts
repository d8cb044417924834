import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { countHeaders } from './count-headers.js';

// The scheme without case (RFC 9110 §11.1). Whether what follows is a token, the verifier says.
const BEARER = /^Bearer +(\S.*)$/i;

/**
 * The bearer token of the Authorization header (RFC 6750 §2.1). @returns null without one.
 * @throws AppError token_invalid for a second such header: a proxy may have read the other one.
 */
export function bearerToken({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): string | null {
  if (countHeaders(raw, 'authorization') > 1)
    throw new AppError('token_invalid', { detail: 'more than one Authorization header' });
  return BEARER.exec(headers.authorization ?? '')?.[1]?.trimEnd() ?? null;
}
