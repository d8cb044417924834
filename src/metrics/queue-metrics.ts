import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { MailSender } from '../mail/mail-sender.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { withinASecond } from './within-a-second.js';

/** What waits: password hashes in memory, and mails in the database. */
@Injectable()
export class QueueMetrics {
  constructor(registry: Registry, hasher: PasswordHasher, mails: MailSender, telemetry: Telemetry) {
    const registers = [registry];
    new Gauge({
      name: 'gatehouse_password_hashes',
      help: 'Password hashes that are being made, and that wait',
      labelNames: ['state'],
      registers,
      collect() {
        const { running, waiting } = hasher.load;
        this.set({ state: 'running' }, running);
        this.set({ state: 'waiting' }, waiting);
      },
    });
    new Counter({
      name: 'gatehouse_password_hashes_refused_total',
      help: 'Password hashes refused, as too many waited',
      registers,
      collect() {
        this.reset();
        this.inc(hasher.load.refused);
      },
    });

    const countWaiting = withinASecond(() => mails.countWaiting());
    new Gauge({
      name: 'gatehouse_mails_waiting',
      help: 'Mails that have not been sent yet, of all instances; none told while the database does not answer',
      registers,
      async collect() {
        const waiting = await countWaiting();
        if (waiting === undefined) this.remove();
        else this.set(waiting);
      },
    });
    const sent = new Counter({
      name: 'gatehouse_mails_total',
      help: 'Tries to send a mail',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['sent', 'failed', 'given_up']) sent.inc({ outcome }, 0);
    telemetry.on('mailed', (outcome) => {
      sent.inc({ outcome });
    });
  }
}
