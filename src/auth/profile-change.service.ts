import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { requireSomeField } from '../http/request-fields.js';
import { MailTransport } from '../mail/mail-transport.js';
import { fold } from '../users/fold.js';
import { lockUser } from '../users/lock-user.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import type { ChangeProfileDto } from './dto/change-profile.dto.js';
import { EmailVerificationService } from './email-verification.service.js';

/** A user changes what the account is called and where its mail goes. */
@Injectable()
export class ProfileChangeService {
  constructor(
    private readonly users: UsersService,
    private readonly verification: EmailVerificationService,
    private readonly mail: MailTransport,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /** @throws AppError validation_failed where nothing is given; user_exists */
  change(userId: string, { username, email }: ChangeProfileDto): Promise<User> {
    requireSomeField({ username, email }, { field: 'username', message: 'or email must be given' });
    return this.work.run(async (manager) => {
      const user = await lockUser(manager, userId);
      if (username !== undefined && username !== user.username) await this.rename(manager, user, username);
      if (email === null) await this.removeEmail(manager, user);
      else if (email !== undefined) await this.changeEmail(manager, user, email);
      return lockUser(manager, userId);
    });
  }

  /** Forgets the address that is to be verified, if there is one, with the link that was mailed to it. */
  cancelEmail(userId: string): Promise<void> {
    return this.work.run(async (manager) => {
      const { pendingEmail } = await lockUser(manager, userId);
      if (pendingEmail === null) return;
      await this.users.cancelPendingEmail(userId);
      await this.verification.revoke(manager, userId);
      await this.audit.record(manager, { type: 'email_change_cancelled', userId });
    });
  }

  private async rename(manager: EntityManager, { id }: User, username: string): Promise<void> {
    await this.users.setUsername(id, username);
    await this.audit.record(manager, { type: 'username_changed', userId: id });
  }

  private async removeEmail(manager: EntityManager, user: User): Promise<void> {
    if (user.email === null && user.pendingEmail === null) return;
    await this.users.setEmail(user.id, null);
    await this.verification.replaceAddress(manager, user, null);
    await this.audit.record(manager, { type: 'email_changed', userId: user.id });
  }

  /** The address that is set already, written in another case, is verified as before. */
  private async changeEmail(manager: EntityManager, user: User, email: string): Promise<void> {
    if (user.email !== null && fold(user.email) === fold(email))
      return this.users.setEmail(user.id, email, user.emailVerified);
    await this.verification.replaceAddress(manager, user, email);
    // Where no mail arrives nobody could verify it: it holds at once, unverified.
    const isPending = this.mail.reachesPeople;
    if (isPending) await this.users.setPendingEmail(user.id, email);
    else await this.users.setEmail(user.id, email);
    const type = isPending ? 'email_change_requested' : 'email_changed';
    await this.audit.record(manager, { type, userId: user.id });
  }
}
