import { Not, Raw, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import { User } from './user.entity.js';

/** Roles are kept as a JSON array of texts. */
const enabledAdmin: FindOptionsWhere<User> = {
  disabled: false,
  roles: Raw((column) => `${column} LIKE '%"admin"%'`),
};

export function isEnabledAdmin({ disabled, roles }: Pick<User, 'disabled' | 'roles'>): boolean {
  return !disabled && roles.includes('admin');
}

/**
 * For who is about to be none any more, in a unit that runs alone: of two admins who end each other, the second finds the
 * first gone.
 * @throws AppError last_admin
 */
export async function rejectLastAdmin(manager: EntityManager, user: User): Promise<void> {
  if (!isEnabledAdmin(user)) return;
  const others = { ...enabledAdmin, id: Not(user.id) };
  if (!(await manager.existsBy(User, others))) throw new AppError('last_admin');
}

/** Whether an admin still is one, whatever the access token says. @throws AppError forbidden */
export async function requireEnabledAdmin(manager: EntityManager, id: string): Promise<void> {
  if (!(await manager.existsBy(User, { ...enabledAdmin, id }))) throw new AppError('forbidden');
}
