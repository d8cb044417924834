import { AppError } from '../../errors/app-error.js';

/**
 * Gives what passport found, or says in our terms why it found nobody.
 * @param failure what passport hands over: an error of ours, one of jsonwebtoken, or that there is no token.
 * @throws AppError
 */
export function requireAuthenticated<T>(
  error: unknown,
  found: T | false | null | undefined,
  failure: unknown,
): T {
  if (error instanceof Error) throw error;
  if (found) return found;
  if (failure instanceof AppError) throw failure;
  const { message } = (failure ?? {}) as { message?: string };
  throw message === 'No auth token'
    ? new AppError('token_missing')
    : new AppError('token_invalid', { cause: failure });
}
