import { HttpException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { AppError } from './app-error.js';
import type { ErrorCode } from './error-catalogue.js';

const RETRY_SECONDS = 1;

// SQLite is locked by another process, or PostgreSQL is away (SQLSTATE classes 08, 53 and 57).
const STORE_DOWN = /^(SQLITE_BUSY|SQLITE_LOCKED|ECONN\w+|ETIMEDOUT|08\w{3}|53\w{3}|57\w{3})$/;

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

function isStoreDown(error: unknown): boolean {
  const { code } = (error instanceof QueryFailedError ? error.driverError : error) as { code?: unknown };
  return typeof code === 'string' && STORE_DOWN.test(code);
}
