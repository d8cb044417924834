import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';

/**
 * Refuses a body of another kind than the route takes, before it is read.
 * @throws AppError unsupported_media_type, or invalid_request on an OAuth 2.0 endpoint.
 */
export function requireBodyType(request: FastifyRequest): void {
  if (!hasBody(request)) return;
  const form = request.routeOptions.config.form === true;
  const due = form ? 'application/x-www-form-urlencoded' : 'application/json';
  if (mediaType(request) === due) return;
  throw form
    ? new AppError('invalid_request', { message: `The body must be a form: send Content-Type: ${due}` })
    : new AppError('unsupported_media_type');
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function mediaType({ headers }: FastifyRequest): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}
