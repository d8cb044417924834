import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { RevocationService, type CutCounts } from '../tokens/revocation.service.js';
import { NewPasswordsService } from '../users/new-passwords.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';

/** What an administrator does to an account, with the sessions that end by it. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersService,
    private readonly newPasswords: NewPasswordsService,
    private readonly revocation: RevocationService,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /** Keeps the user out at once: no sign-in, and no token of theirs holds. */
  disable({ id }: User): Promise<CutCounts> {
    return this.work.run(async (manager) => {
      await this.users.setDisabled(id, true);
      await this.audit.record(manager, { type: 'user_disabled', userId: id });
      return this.revocation.endSessions({ userId: id }, 'account_disabled');
    });
  }

  enable({ id }: User): Promise<void> {
    return this.work.run(async (manager) => {
      await this.users.setDisabled(id, false);
      await this.audit.record(manager, { type: 'user_enabled', userId: id });
    });
  }

  /** Sets another password, and ends every session that was opened with the old one. @throws AppError validation_failed or overloaded */
  async setPassword(user: User, password: string): Promise<CutCounts> {
    const passwordHash = await this.newPasswords.hash(password, user);
    return this.work.run(async (manager) => {
      await this.users.setPasswordHash(user, passwordHash);
      await this.audit.record(manager, { type: 'password_set', userId: user.id });
      return this.revocation.endSessions({ userId: user.id }, 'admin');
    });
  }
}
