import { Not, QueryFailedError, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import { User } from './user.entity.js';

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

/**
 * Looks whether somebody else has the name or the address, before the index decides who gets it: two users who ask for
 * what is the other's would wait for each other there.
 * @throws AppError user_exists
 */
export async function rejectOwned(
  manager: EntityManager,
  id: string,
  { usernameFolded, emailFolded }: Partial<User>,
): Promise<void> {
  const wanted: FindOptionsWhere<User>[] = [];
  if (usernameFolded !== undefined) wanted.push({ usernameFolded, id: Not(id) });
  if (emailFolded != null) wanted.push({ emailFolded, id: Not(id) });
  if (wanted.length > 0 && (await manager.existsBy(User, wanted))) throw new AppError('user_exists');
}
