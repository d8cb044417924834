import type { FastifyRequest } from 'fastify';

// The b64token of RFC 6750 §2.1; the scheme without case (RFC 9110 §11.1).
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The bearer token of the Authorization header. @returns null without one. */
export function bearerToken({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
}
