import { QueryFailedError } from 'typeorm';
import { AppError } from '../errors/app-error.js';

/**
 * What a failed write of users was about. The unique index decides, not a look before it: of racing
 * registrations one wins.
 * @throws AppError user_exists; anything else as it came.
 */
export function rejectTaken(error: unknown): never {
  const driverError =
    error instanceof QueryFailedError ? (error.driverError as { code?: string; message?: string }) : {};
  const taken =
    driverError.code === '23505' || (driverError.message ?? '').includes('UNIQUE constraint failed: users.');
  throw taken ? new AppError('user_exists', { cause: error }) : error;
}
