import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { until } from './until.js';

interface Delivery {
  readonly to: string[];
  readonly source: string;
}

/** A real mail server on the loopback, that keeps what it is given, and can be slow or refuse. */
export class SmtpInbox {
  readonly deliveries: Delivery[] = [];
  /** How long it thinks over a mail, in ms. */
  delay = 0;
  /** What it answers to a recipient, where not that it takes the mail. */
  refusal: number | undefined;
  attempts = 0;

  private constructor(readonly port: number) {}

  /** Waits for a mail with this subject to an address. @returns the source of the last one */
  async waitFor(subject: string, to: string): Promise<string> {
    const found = () =>
      this.deliveries.filter(
        ({ to: [first], source }) => first === to && source.includes(`Subject: ${subject}\n`),
      );
    await until(() => found().length > 0);
    return found().at(-1)!.source;
  }

  private server: SMTPServer | undefined;

  static async start(port: number): Promise<SmtpInbox> {
    const inbox = new SmtpInbox(port);
    await inbox.open();
    return inbox;
  }

  async open(): Promise<void> {
    const options: SMTPServerOptions = {
      authOptional: true,
      closeTimeout: 100,
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: (_address, _session, done) => {
        this.attempts++;
        const refusal = this.refusal;
        done(refusal === undefined ? undefined : Object.assign(new Error('no'), { responseCode: refusal }));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          void sleep(this.delay, undefined, { ref: false }).then(() => {
            const source = Buffer.concat(chunks).toString().replaceAll('\r\n', '\n');
            this.deliveries.push({ to: envelope.rcptTo.map(({ address }) => address), source });
            done();
          });
        });
      },
    };
    this.server = new SMTPServer(options);
    this.server.on('error', () => undefined);
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server.server, 'listening');
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.server) this.server.close(resolve);
      else resolve();
    });
  }
}
