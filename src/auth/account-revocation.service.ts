import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MailQueue } from '../mail/mail-queue.js';
import type { CutReason } from '../tokens/cut-reason.js';
import type { CutCounts } from '../tokens/cut.js';
import { RevocationService } from '../tokens/revocation.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { OneTimeTokensService } from './one-time-tokens/one-time-tokens.service.js';

/** Takes an account back from whoever has got hold of it. */
@Injectable()
export class AccountRevocation {
  constructor(
    private readonly users: UsersService,
    private readonly oneTimeTokens: OneTimeTokensService,
    private readonly mails: MailQueue,
    private readonly revocation: RevocationService,
  ) {}

  /**
   * Ends the sessions of a user with their tokens, and what could open the account again: one-time tokens, those in mails
   * that wait to be sent, and an email address that is to be verified.
   * @param exceptSessionId the session that goes on, where the user acts in it
   */
  async revoke(
    manager: EntityManager,
    { id: userId, email, pendingEmail }: User,
    reason: CutReason,
    exceptSessionId?: string,
  ): Promise<CutCounts> {
    if (pendingEmail !== null) await this.users.cancelPendingEmail(userId);
    const scope = exceptSessionId === undefined ? { userId } : { userId, exceptSessionId };
    const cut = await this.revocation.endSessions(scope, reason);
    await this.oneTimeTokens.revokeAll(manager, userId);
    await this.mails.drop(manager, { userId, kind: 'verify_email' });
    // A reset is queued for an address, before anybody looks up whose it is.
    if (email !== null) await this.mails.drop(manager, { recipient: email, kind: 'reset_password' });
    return cut;
  }
}
