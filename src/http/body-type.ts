import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';

/**
 * Refuses a body of another kind than the route takes, before it is read. A body in chunks may turn out to be empty, and is
 * refused by {@link requireTypeOfRoute} once it is read.
 * @throws AppError unsupported_media_type, or invalid_request on an OAuth 2.0 endpoint
 */
export function requireBodyType(request: FastifyRequest): void {
  const { headers } = request;
  if (!isRead(request)) return;
  if (!isEmpty(request)) {
    if (headers['transfer-encoding']?.toLowerCase() !== 'chunked') requireTypeOfRoute(request);
  } else if (headers['content-type'] !== undefined) {
    // The type of a body that does not exist means nothing, and Fastify would reject a type that it cannot parse.
    delete headers['content-type'];
  }
}

/** @throws AppError unsupported_media_type, or invalid_request on an OAuth 2.0 endpoint */
export function requireTypeOfRoute(request: FastifyRequest): void {
  const form = request.routeOptions.config.form === true;
  const due = form ? 'application/x-www-form-urlencoded' : 'application/json';
  if (isPlain(request) && isUtf8(request, due)) return;
  throw form
    ? new AppError('invalid_request', {
        message: `The body must be a form in UTF-8 and not compressed: send Content-Type: ${due}`,
      })
    : new AppError('unsupported_media_type');
}

function isEmpty({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

/** What comes with a GET or HEAD has no meaning and is not looked at (RFC 9110 §9.3.1). */
function isRead({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** Nothing is decompressed here: a few bytes could become many, and would be counted before. */
function isPlain({ headers }: FastifyRequest): boolean {
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  const transfer = (headers['transfer-encoding'] ?? 'chunked').toLowerCase();
  return encoding === 'identity' && transfer === 'chunked';
}

function isUtf8({ headers }: FastifyRequest, mediaType: string): boolean {
  const [type, ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return type === mediaType && (charset === undefined || /^charset="?utf-?8"?$/.test(charset));
}
