import { HttpException } from '@nestjs/common';
import { AppError } from './app-error.js';
import type { ErrorCode } from './error-catalogue.js';
import { isStoreDown } from './store-down.js';

const RETRY_SECONDS = 1;

/** Gives every error a code of the catalogue, also those that the framework, the body parser or the database throw. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isAborted(error)) return new AppError('malformed_json', { cause: error });
  if (isStoreDown(error)) return new AppError('overloaded', { retryAfter: RETRY_SECONDS, cause: error });
  if (error instanceof HttpException) return new AppError(codeFor(error), { cause: error });
  return new AppError('internal_error', { cause: error });
}

function codeFor(error: HttpException): ErrorCode {
  switch (error.getStatus()) {
    case 413:
      return 'payload_too_large';
    case 415:
      return 'unsupported_media_type';
    default:
      // What is left below 500 is a path that a file server refuses to look up.
      return error.getStatus() < 500 ? 'not_found' : 'internal_error';
  }
}

/** The client has hung up amid its body: nobody reads the answer. */
function isAborted(error: unknown): boolean {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  return code === 'ECONNRESET' && statusCode === 400;
}
