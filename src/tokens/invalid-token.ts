import { AppError } from '../errors/app-error.js';

/** The refusal of a token that is none of ours. The caller is not told why; the log is. */
export function invalidToken(detail: string): AppError {
  return new AppError('token_invalid', { detail });
}
