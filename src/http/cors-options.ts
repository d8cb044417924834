import type { FastifyCorsOptions } from '@fastify/cors';
import type { FastifyRequest } from 'fastify';

/**
 * What pages of these origins may send and read: any header, such as those of a trace. No cookies: a browser adds none of
 * its own to a bearer token.
 */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: ['X-Device-Token', 'X-Request-Id', 'Retry-After', 'WWW-Authenticate'],
    maxAge: 600,
  };
}

/** An OPTIONS that no browser asks before another request. The plugin for CORS would answer it with a text of its own. */
export function isPlainOptions({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'OPTIONS' &&
    (headers.origin === undefined || headers['access-control-request-method'] === undefined)
  );
}
