import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Settings } from '../../config/settings.js';
import type { Letter } from '../../mail/letter.js';
import { MailSender } from '../../mail/mail-sender.js';
import type { OutboundMail } from '../../mail/outbound-mail.entity.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { addressToVerify, isUnverified } from '../email-verification.service.js';
import type { Purpose } from '../one-time-tokens/one-time-token.entity.js';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service.js';
import * as letters from './letters.js';

/** Makes the mails about an account when they are due to leave, as the account is then. */
@Injectable()
export class AccountMails implements OnModuleInit {
  constructor(
    private readonly sender: MailSender,
    private readonly users: UsersService,
    private readonly oneTimeTokens: OneTimeTokensService,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.sender.composeWith('verify_email', (manager, mail) => this.verifyEmail(manager, mail));
    this.sender.composeWith('reset_password', (manager, mail) => this.resetPassword(manager, mail));
    this.sender.composeWith('password_changed', (_, mail) => this.notice(mail, letters.passwordChanged));
    this.sender.composeWith('email_changed', (_, mail) => this.notice(mail, letters.emailChanged));
  }

  private async verifyEmail(manager: EntityManager, { userId }: OutboundMail): Promise<Letter | undefined> {
    const user = await this.users.require(userId ?? '');
    const email = addressToVerify(user);
    if (email === null || !isUnverified(user)) return undefined;
    return letters.verifyEmail(email, user.username, await this.link(manager, user, 'verify_email', email));
  }

  /** To the address as it is stored: one that only looks alike to a database is somebody else's. */
  private async resetPassword(manager: EntityManager, mail: OutboundMail): Promise<Letter | undefined> {
    const user = await this.users.findByEmail(mail.recipient);
    if (user?.email == null || user.disabled) return undefined;
    const link = await this.link(manager, user, 'reset_password', user.email);
    return letters.resetPassword(user.email, user.username, link);
  }

  private async notice(
    { userId, recipient }: OutboundMail,
    write: (to: string, username: string) => Letter,
  ): Promise<Letter> {
    return write(recipient, (await this.users.require(userId ?? '')).username);
  }

  /** The token stands after the #, so that no server on the way writes it down. */
  private async link(
    manager: EntityManager,
    { id: userId }: User,
    purpose: Purpose,
    email: string,
  ): Promise<letters.Link> {
    await lockUser(manager, userId);
    const token = await this.oneTimeTokens.issue(manager, { userId, purpose, email });
    const page = purpose.replace('_', '-');
    return {
      url: new URL(`${this.settings.publicUrl}/account#${page}&token=${token}`),
      minutes: Math.ceil(this.settings.oneTimeTokenTtl / 60),
    };
  }
}
