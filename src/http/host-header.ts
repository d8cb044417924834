import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { countHeaders } from './count-headers.js';

/**
 * Refuses a request that does not name one host (RFC 9112 §3.2): a proxy may have taken another one for it. Node would
 * refuse the lack of one too, but with an answer of its own.
 * @throws AppError validation_failed
 */
export function requireHost({ raw }: FastifyRequest): void {
  const hosts = countHeaders(raw, 'host');
  if (hosts === 1 || (hosts === 0 && raw.httpVersion === '1.0')) return;
  throw new AppError('validation_failed', { fields: [{ field: 'Host', message: 'must be sent once' }] });
}
