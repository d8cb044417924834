import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { requireSomeField } from '../http/request-fields.js';
import type { CutReason } from '../tokens/cut-reason.js';
import { noCut, type CutCounts } from '../tokens/cut.js';
import { RevocationService } from '../tokens/revocation.service.js';
import { isEnabledAdmin, rejectLastAdmin, requireEnabledAdmin } from '../users/admin-rules.js';
import { lockUser } from '../users/lock-user.js';
import { NewPasswordsService } from '../users/new-passwords.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService, type AccountChange } from '../users/users.service.js';
import { AccountRevocation } from './account-revocation.service.js';
import { EmailVerificationService } from './email-verification.service.js';

/** What an admin changes of an account, with the sessions that end by it. Without `by`, the command line does it. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersService,
    private readonly newPasswords: NewPasswordsService,
    private readonly verification: EmailVerificationService,
    private readonly revocation: RevocationService,
    private readonly accountRevocation: AccountRevocation,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /**
   * Changes what an account is and may do. Its sessions end where it is disabled, and where a role is taken away: no
   * access token may go on to say that it has it. A role that is given shows in the access token of the next refresh.
   * @param by the id of the admin who asks
   * @throws AppError validation_failed, not_found, last_admin, forbidden or user_exists
   */
  async change(id: string, wanted: AccountChange, by?: string): Promise<{ user: User; cut: CutCounts }> {
    requireSomeField(wanted, {
      field: 'body',
      message: 'must have at least one of roles, disabled, email',
    });
    return this.work.runAlone(async (manager) => {
      const before = await lockUser(manager, id);
      const change = differences(before, wanted);
      const { disabled = before.disabled, roles = before.roles } = change;
      if (!isEnabledAdmin({ disabled, roles })) await rejectLastAdmin(manager, before);
      if (by !== undefined) await requireEnabledAdmin(manager, by);
      if (change.email !== undefined) await this.verification.replaceAddress(manager, before, change.email);
      await this.users.apply(id, change);
      await this.record(manager, before, change);
      const cut = await this.cut(manager, before, change);
      return { user: await lockUser(manager, id), cut };
    });
  }

  /** Keeps the user out at once: no sign-in, and no token of theirs holds. @throws AppError not_found or last_admin */
  async disable({ id }: User): Promise<CutCounts> {
    return (await this.change(id, { disabled: true })).cut;
  }

  /** @throws AppError not_found */
  async enable({ id }: User): Promise<void> {
    await this.change(id, { disabled: false });
  }

  /** Ends every session of a user. @throws AppError not_found or forbidden */
  endSessions(id: string, by: string): Promise<CutCounts> {
    return this.work.run(async (manager) => {
      await lockUser(manager, id);
      await requireEnabledAdmin(manager, by);
      return this.revocation.endSessions({ userId: id }, 'admin');
    });
  }

  /** Sets another password, and ends every session that was opened with the old one. @throws AppError validation_failed, overloaded or not_found */
  async setPassword(user: User, password: string): Promise<CutCounts> {
    const passwordHash = await this.newPasswords.hash(password, user);
    return this.work.run(async (manager) => {
      const before = await lockUser(manager, user.id);
      await this.users.setPasswordHash(before, passwordHash);
      await this.audit.record(manager, { type: 'password_set', userId: user.id });
      return this.accountRevocation.revoke(manager, before, 'admin');
    });
  }

  private async record(
    manager: EntityManager,
    { id: userId, roles: from }: User,
    { roles, disabled, email }: AccountChange,
  ): Promise<void> {
    if (roles) {
      const details = { from, to: roles };
      await this.audit.record(manager, { type: 'roles_changed', userId, details });
    }
    if (disabled !== undefined) {
      const type = disabled ? 'user_disabled' : 'user_enabled';
      await this.audit.record(manager, { type, userId });
    }
    if (email !== undefined) await this.audit.record(manager, { type: 'email_changed', userId });
  }

  private async cut(manager: EntityManager, before: User, change: AccountChange): Promise<CutCounts> {
    const reason = cutReason(before, change);
    if (reason === undefined) return noCut;
    if (reason === 'account_disabled') return this.accountRevocation.revoke(manager, before, reason);
    return this.revocation.endSessions({ userId: before.id }, reason);
  }
}

/** What is wanted and not so already. */
function differences(user: User, { roles, disabled, email }: AccountChange): AccountChange {
  return {
    ...(roles && !isSame(roles, user.roles) && { roles }),
    ...(disabled !== undefined && disabled !== user.disabled && { disabled }),
    ...(email !== undefined && email !== user.email && { email }),
  };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

function cutReason(before: User, { roles, disabled }: AccountChange): CutReason | undefined {
  if (disabled === true) return 'account_disabled';
  return roles && before.roles.some((role) => !roles.includes(role)) ? 'admin' : undefined;
}
