import type { EntityManager } from 'typeorm';
import { lockForUpdate } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { User } from './user.entity.js';

/** Finds a user and holds the row until the open unit of work ends. */
export function findLocked(manager: EntityManager, id: string): Promise<User | null> {
  return manager.findOne(User, { where: { id }, ...lockForUpdate(manager) });
}

/** As {@link findLocked}, where the user has to be there. @throws AppError not_found */
export async function lockUser(manager: EntityManager, id: string): Promise<User> {
  const user = await findLocked(manager, id);
  if (!user) throw new AppError('not_found');
  return user;
}
