import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import type { PasswordCheck, ProvenUser } from '../users/password-check.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';

/** What a password is given for: to sign in, or once more by somebody who is signed in. */
type Purpose = 'sign_in' | 'reauthentication';

type Refusal = 'unknown_user' | 'wrong_password' | 'password_changed' | 'account_disabled';

/** Who a username and a password are right for. A refusal is in the audit trail before it is answered. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly users: UsersService,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /**
   * @param login the username or the email address
   * @throws AppError invalid_credentials for an unknown user and a wrong password alike; account_disabled only to
   * who knows the password; overloaded
   */
  async require(login: string, password: string): Promise<ProvenUser> {
    return this.requireRight('sign_in', await this.users.checkCredentials(login, password));
  }

  /**
   * The account with this id, if this is their password.
   * @throws AppError invalid_credentials, account_disabled or overloaded
   */
  async requirePassword(userId: string, password: string): Promise<ProvenUser> {
    return this.requireRight('reauthentication', await this.users.checkPassword(userId, password));
  }

  /**
   * Does what a password was just proven for, in a unit of work of its own, unless the account was disabled or the
   * password changed while it was being checked: that cut must not miss what is done here.
   * @throws AppError invalid_credentials or account_disabled
   */
  async runProven<T>(
    purpose: Purpose,
    proven: ProvenUser,
    work: (manager: EntityManager, user: User) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.work.run(async (manager) => {
        const user = await this.users.requireUnchanged(manager, proven);
        requireEnabled(user);
        return work(manager, user);
      });
    } catch (error) {
      const refusal = lateRefusal(error);
      if (refusal) await this.recordRefusal(purpose, proven.id, refusal);
      throw error;
    }
  }

  private async requireRight(purpose: Purpose, { userId, user }: PasswordCheck): Promise<ProvenUser> {
    if (user && !user.disabled) return user;
    await this.recordRefusal(purpose, userId, refusalOf({ userId, user }));
    throw new AppError(user ? 'account_disabled' : 'invalid_credentials');
  }

  /** As many statements whoever it is: the time of an answer must not tell which users exist. */
  private recordRefusal(purpose: Purpose, userId: string | null, reason: Refusal): Promise<void> {
    return this.work.run((manager) =>
      this.audit.record(manager, { type: `${purpose}_failed`, userId, details: { reason } }),
    );
  }
}

/** @throws AppError account_disabled */
export function requireEnabled({ disabled }: User): void {
  if (disabled) throw new AppError('account_disabled');
}

function refusalOf({ userId, user }: PasswordCheck): Refusal {
  if (user) return 'account_disabled';
  return userId === null ? 'unknown_user' : 'wrong_password';
}

function lateRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof AppError)) return undefined;
  if (error.code === 'account_disabled') return 'account_disabled';
  return error.code === 'invalid_credentials' ? 'password_changed' : undefined;
}
