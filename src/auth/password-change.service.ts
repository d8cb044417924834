import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { MailQueue } from '../mail/mail-queue.js';
import type { CutCounts } from '../tokens/cut.js';
import { NewPasswordsService } from '../users/new-passwords.service.js';
import { UsersService } from '../users/users.service.js';
import { AccountRevocation } from './account-revocation.service.js';
import { CredentialsService } from './credentials.service.js';
import type { ChangePasswordDto } from './dto/change-password.dto.js';
import { tellOf } from './mails/tell-of.js';

/** A user changes the own password. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly users: UsersService,
    private readonly newPasswords: NewPasswordsService,
    private readonly credentials: CredentialsService,
    private readonly revocation: AccountRevocation,
    private readonly mails: MailQueue,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Sets the new password and ends every session but the caller's, with all that could open the account again: whoever got
   * in by the old one is out.
   * @throws AppError validation_failed, invalid_credentials, account_disabled or overloaded
   */
  async change(
    { userId, sessionId }: Identity,
    { current_password, new_password }: ChangePasswordDto,
  ): Promise<CutCounts> {
    const proven = await this.credentials.requirePassword(userId, current_password);
    const passwordHash = await this.newPasswords.hash(new_password, proven, 'new_password');
    return this.credentials.runProven('reauthentication', proven, async (manager, user) => {
      await this.users.setPasswordHash(user, passwordHash);
      await this.audit.record(manager, { type: 'password_changed', userId });
      await tellOf(this.mails, manager, 'password_changed', user);
      return this.revocation.revoke(manager, user, 'password_changed', sessionId);
    });
  }
}
