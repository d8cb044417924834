import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { MailQueue } from '../mail/mail-queue.js';
import type { CutCounts } from '../tokens/cut.js';
import { fold } from '../users/fold.js';
import { lockUser } from '../users/lock-user.js';
import { NewPasswordsService } from '../users/new-passwords.service.js';
import { UsersService } from '../users/users.service.js';
import { AccountRevocation } from './account-revocation.service.js';
import { tellOf } from './mails/tell-of.js';
import { OneTimeTokensService } from './one-time-tokens/one-time-tokens.service.js';

/** A forgotten password is replaced by who reads the mail of the account. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly users: UsersService,
    private readonly newPasswords: NewPasswordsService,
    private readonly oneTimeTokens: OneTimeTokensService,
    private readonly revocation: AccountRevocation,
    private readonly mails: MailQueue,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /**
   * Queues the mail, for whatever address: whether it is anybody's is looked up when the mail is due to leave, so that
   * neither the answer nor its time tells.
   */
  ask(email: string): Promise<void> {
    const cause = createHash('sha256').update(fold(email)).digest('base64url');
    return this.work.run((manager) =>
      this.mails.add(manager, { kind: 'reset_password', cause, recipient: email }),
    );
  }

  /**
   * Sets the password and ends every session, with all that could open the account again: whoever got in by the old one is
   * out.
   * @throws AppError one_time_token_invalid, validation_failed or overloaded
   */
  async reset(token: string, newPassword: string): Promise<CutCounts> {
    const { userId } = await this.oneTimeTokens.require(token, 'reset_password');
    const person = await this.users.require(userId);
    const passwordHash = await this.newPasswords.hash(newPassword, person, 'new_password');
    return this.work.run(async (manager) => {
      // First the user, as whoever changes the account does: the other way round, the two could wait for each other.
      const user = await lockUser(manager, userId);
      await this.oneTimeTokens.spend(manager, token, 'reset_password');
      if (user.disabled) throw new AppError('one_time_token_invalid');
      await this.users.setPasswordHash(user, passwordHash);
      await this.audit.record(manager, { type: 'password_reset', userId });
      await tellOf(this.mails, manager, 'password_changed', user);
      return this.revocation.revoke(manager, user, 'password_changed');
    });
  }
}
