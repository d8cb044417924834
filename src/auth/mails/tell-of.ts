import type { EntityManager } from 'typeorm';
import type { MailQueue } from '../../mail/mail-queue.js';
import type { User } from '../../users/user.entity.js';

/** What a user is told of, so that somebody else's doing is noticed. */
export type Notice = 'password_changed' | 'email_changed';

/** Mails a notice to the address in force, if the user has one. */
export async function tellOf(
  mails: MailQueue,
  manager: EntityManager,
  notice: Notice,
  { id, email }: User,
): Promise<void> {
  if (email !== null) await mails.add(manager, { kind: notice, recipient: email, userId: id });
}
