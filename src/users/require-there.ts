import { AppError } from '../errors/app-error.js';
import type { User } from './user.entity.js';

/** @throws AppError token_revoked where there is no user: only a token can name one that is gone. */
export function requireThere(user: User | null | undefined): User {
  if (!user) throw new AppError('token_revoked', { reason: 'account_deleted' });
  return user;
}
