import type { AppError, FieldFault } from './app-error.js';

/** What a refused caller reads. `error_description` stands there on the OAuth 2.0 endpoints only. */
export interface ErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly error_description?: string;
  readonly details?: readonly FieldFault[];
  readonly reason?: string;
}

export function errorBody(error: AppError, { oauth }: { oauth: boolean }): ErrorBody {
  const { fields, reason } = error.facts;
  return {
    statusCode: error.status,
    error: error.code,
    message: error.message,
    ...(oauth && { error_description: error.message }),
    ...(fields && { details: fields }),
    ...(reason !== undefined && { reason }),
  };
}
