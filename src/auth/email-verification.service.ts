import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { MailQueue } from '../mail/mail-queue.js';
import { lockUser } from '../users/lock-user.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { tellOf } from './mails/tell-of.js';
import { OneTimeTokensService } from './one-time-tokens/one-time-tokens.service.js';

/** An address is verified by who reads its mail. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly users: UsersService,
    private readonly oneTimeTokens: OneTimeTokensService,
    private readonly mails: MailQueue,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /** Mails a link, unless the address is verified already. @throws AppError validation_failed where there is none */
  ask(userId: string): Promise<void> {
    return this.work.run(async (manager) => {
      const user = await lockUser(manager, userId);
      const address = requireAddress(user);
      if (isUnverified(user)) await this.askFor(manager, user, address);
    });
  }

  /**
   * What goes with another address: the old one is told, what was mailed to it opens nothing more, and the new one, if
   * there is one, is to be verified.
   */
  async replaceAddress(manager: EntityManager, user: User, address: string | null): Promise<void> {
    await tellOf(this.mails, manager, 'email_changed', user);
    await this.oneTimeTokens.revoke(manager, user.id, 'reset_password');
    if (address !== null) await this.askFor(manager, user, address);
  }

  /** Revokes the verification link of a user, also one that is still in a queued mail. */
  async revoke(manager: EntityManager, userId: string): Promise<void> {
    await this.oneTimeTokens.revoke(manager, userId, 'verify_email');
    await this.mails.drop(manager, { userId, kind: 'verify_email' });
  }

  /** Mails a link to an address of the user, or one that is to be. */
  askFor(manager: EntityManager, { id }: User, address: string): Promise<void> {
    return this.mails.add(manager, { kind: 'verify_email', cause: id, recipient: address, userId: id });
  }

  /** @throws AppError one_time_token_invalid; user_exists where somebody else verified the address meanwhile */
  async verify(token: string): Promise<void> {
    const { userId } = await this.oneTimeTokens.require(token, 'verify_email');
    return this.work.run(async (manager) => {
      // First the user, as whoever changes the account does: the other way round, the two could wait for each other.
      const user = await lockUser(manager, userId);
      const { email } = await this.oneTimeTokens.spend(manager, token, 'verify_email');
      if (addressToVerify(user) !== email) throw new AppError('one_time_token_invalid');
      await this.users.setEmail(userId, email, true);
      if (user.email !== email) await this.oneTimeTokens.revoke(manager, userId, 'reset_password');
      await this.audit.record(manager, { type: 'email_verified', userId });
    });
  }
}

/** The one that is to come goes before the one in force. */
export function addressToVerify({ email, pendingEmail }: User): string | null {
  return pendingEmail ?? email;
}

export function isUnverified({ emailVerified, pendingEmail }: User): boolean {
  return !emailVerified || pendingEmail !== null;
}

function requireAddress(user: User): string {
  const address = addressToVerify(user);
  if (address !== null) return address;
  const fault = { field: 'email', message: 'is not set: give one with PATCH /users/me' };
  throw new AppError('validation_failed', { fields: [fault] });
}
