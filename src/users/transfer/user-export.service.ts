import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { User } from '../user.entity.js';
import { UserRecord } from './user-record.js';

const PAGE_USERS = 1000;

/** Gives every user away, password hashes included. */
@Injectable()
export class UserExportService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /** All users by name, a page at a time. That hashes left the house is written down before the first one does. */
  async *export(): AsyncGenerator<UserRecord> {
    await this.work.run((manager) => this.audit.record(manager, { type: 'users_exported', userId: null }));
    let page = await this.pageAfter('');
    while (page.length > 0) {
      yield* page.map((user) => UserRecord.from(user));
      page = await this.pageAfter(page.at(-1)?.usernameFolded ?? '');
    }
  }

  private pageAfter(usernameFolded: string): Promise<User[]> {
    return this.work.read((manager) =>
      manager
        .createQueryBuilder(User, 'user')
        .addSelect('user.passwordHash')
        .where('user.usernameFolded > :usernameFolded', { usernameFolded })
        .orderBy('user.usernameFolded')
        .limit(PAGE_USERS)
        .getMany(),
    );
  }
}
