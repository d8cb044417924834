import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Identity } from '../access/identity.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { MailQueue } from '../mail/mail-queue.js';
import type { CutCounts } from '../tokens/cut.js';
import { RevocationService } from '../tokens/revocation.service.js';
import { SessionsService } from '../tokens/sessions.service.js';
import { rejectLastAdmin, requireEnabledAdmin } from '../users/admin-rules.js';
import { lockUser } from '../users/lock-user.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { CredentialsService, requireEnabled } from './credentials.service.js';

/** Deletes accounts: their users' own, or anybody's for an admin. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly revocation: RevocationService,
    private readonly sessions: SessionsService,
    private readonly mails: MailQueue,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /** @throws AppError invalid_credentials, account_disabled, last_admin or overloaded */
  async deleteOwn({ userId }: Identity, password: string): Promise<void> {
    const proven = await this.credentials.requirePassword(userId, password);
    await this.work.runAlone(async (manager) => {
      const user = await this.users.requireUnchanged(manager, proven);
      requireEnabled(user);
      await rejectLastAdmin(manager, user);
      await this.erase(manager, user);
    });
  }

  /**
   * @param by the id of the admin who asks; none for the command line
   * @throws AppError not_found, last_admin or forbidden
   */
  delete(id: string, by?: string): Promise<CutCounts> {
    return this.work.runAlone(async (manager) => {
      const user = await lockUser(manager, id);
      await rejectLastAdmin(manager, user);
      if (by !== undefined) await requireEnabledAdmin(manager, by);
      return this.erase(manager, user);
    });
  }

  /** Cuts first, while the sessions can still be found: their tokens are refused until the last has expired. */
  private async erase(manager: EntityManager, user: User): Promise<CutCounts> {
    const { id, email } = user;
    const cut = await this.revocation.endSessions({ userId: id }, 'account_deleted');
    await this.audit.record(manager, { type: 'user_deleted', userId: id });
    await this.audit.redact(manager, id);
    if (email !== null) await this.mails.drop(manager, { recipient: email });
    await this.sessions.deleteEnded(id);
    await this.users.erase(user);
    return cut;
  }
}
