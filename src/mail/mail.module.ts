import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Extensions } from '../extensions/extensions.js';
import { Clock } from '../time/clock.js';
import { MailQueue } from './mail-queue.js';
import { MailSender } from './mail-sender.js';
import { MailTransport } from './mail-transport.js';
import { OutboxFolder } from './outbox-folder.js';

/** Mails: queued with their cause, sent by themselves. What they say, the features tell. */
@Module({
  providers: [
    MailQueue,
    MailSender,
    {
      provide: MailTransport,
      inject: [Settings, Extensions, Clock],
      useFactory: async (
        { mail }: Settings,
        { sendMail }: Extensions,
        clock: Clock,
      ): Promise<MailTransport> => {
        if (sendMail) return { send: sendMail, reachesPeople: true };
        if (mail.smtpUrl === undefined) return new OutboxFolder(mail.outbox, mail.from, clock);
        // Loaded where it is set: the client costs every start.
        const { SmtpTransport } = await import('./smtp-transport.js');
        return new SmtpTransport(mail.smtpUrl, mail.from);
      },
    },
  ],
  exports: [MailQueue, MailSender, MailTransport],
})
export class MailModule {}
