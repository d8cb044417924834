import { Injectable } from '@nestjs/common';
import { IsNull, Not, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { decodeCursor, invalidCursor, toPage } from '../http/cursor.js';
import { fold } from './fold.js';
import { UserProfile, type UserPage } from './user-profile.js';
import { User } from './user.entity.js';

/** Keeps a cursor of another list from being taken for one of this. */
const LIST = 'users ';

interface PageRequest {
  readonly limit: number;
  /** Where the page before ended. */
  readonly cursor?: string | undefined;
  /** A part of the username or of the email address, compared without case. */
  readonly query?: string | undefined;
}

/** Who is there, a page at a time. */
@Injectable()
export class UserDirectory {
  constructor(private readonly work: UnitOfWork) {}

  /** @throws AppError not_found */
  async require(id: string): Promise<User> {
    const user = await this.work.read((manager) => manager.findOneBy(User, { id }));
    if (!user) throw new AppError('not_found');
    return user;
  }

  /** Whether the account came from another system. */
  isImported(id: string): Promise<boolean> {
    return this.work.read((manager) => manager.existsBy(User, { id, importedFrom: Not(IsNull()) }));
  }

  list(): Promise<User[]> {
    return this.work.read((manager) => manager.find(User, { order: { usernameFolded: 'ASC' } }));
  }

  /** Pages go on after a name, not after a number of users: who comes or goes meanwhile moves nobody to another page. */
  async page({ limit, cursor, query }: PageRequest): Promise<UserPage> {
    const rows = await this.work.read((manager) => search(manager, { limit, cursor, query }).getMany());
    const { items, next_cursor } = toPage(rows, limit, ({ usernameFolded }) => `${LIST}${usernameFolded}`);
    return { users: items.map((user) => UserProfile.from(user)), next_cursor };
  }
}

function search(manager: EntityManager, { limit, cursor, query }: PageRequest): SelectQueryBuilder<User> {
  const found = manager
    .createQueryBuilder(User, 'user')
    .orderBy('user.usernameFolded')
    .limit(limit + 1);
  if (cursor !== undefined) found.andWhere('user.usernameFolded > :after', { after: usernameIn(cursor) });
  if (query !== undefined)
    found.andWhere(
      "(user.usernameFolded LIKE :part ESCAPE '\\' OR user.emailFolded LIKE :part ESCAPE '\\')",
      { part: `%${escapeLike(fold(query))}%` },
    );
  return found;
}

function usernameIn(cursor: string): string {
  const position = decodeCursor(cursor);
  if (!position.startsWith(LIST)) throw invalidCursor();
  return position.slice(LIST.length);
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
