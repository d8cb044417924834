import type { EntityManager } from 'typeorm';
import { lockForUpdate } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { User } from './user.entity.js';

/** Loads a user and holds the row until the open unit of work ends. @throws AppError not_found */
export async function lockUser(manager: EntityManager, id: string): Promise<User> {
  const user = await manager.findOne(User, { where: { id }, ...lockForUpdate(manager) });
  if (!user) throw new AppError('not_found');
  return user;
}
