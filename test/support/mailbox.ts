import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.js';

/** The outbox of a service, or the part of it that is sent to one address. */
export class Mailbox {
  private readonly taken = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly address?: string,
  ) {}

  /** Every mail, in the order of the service's clock. */
  all(): string[] {
    const mails = this.files().map((file) => readFileSync(file, 'utf8'));
    const { address } = this;
    return address === undefined ? mails : mails.filter((mail) => mail.includes(`To: ${address}\n`));
  }

  /** Waits for the mail of this subject to an address, and takes it out of the outbox. */
  async take(subject: string, to: string): Promise<string> {
    let taken: string | undefined;
    await until(() => {
      for (const file of this.files()) {
        const mail = readFileSync(file, 'utf8');
        if (!mail.includes(`To: ${to}\n`) || !mail.includes(`Subject: ${subject}\n`)) continue;
        taken = mail;
        rmSync(file);
      }
      return taken !== undefined;
    });
    return taken!;
  }

  /** Waits for the first mail of this subject that was not taken yet. */
  async next(subject: string): Promise<string> {
    const ofSubject = () => this.all().filter((mail) => mail.includes(`Subject: ${subject}\n`));
    const taken = this.taken.get(subject) ?? 0;
    await until(() => ofSubject().length > taken);
    this.taken.set(subject, taken + 1);
    return ofSubject()[taken]!;
  }

  private files(): string[] {
    if (!existsSync(this.folder)) return [];
    const files = readdirSync(this.folder).filter((file) => file.endsWith('.eml'));
    return files.sort().map((file) => join(this.folder, file));
  }
}

/** The token in the link of a mail. */
export function tokenIn(mail: string): string {
  const [, token] = /#[\w-]+&token=([\w-]{43})$/m.exec(mail) ?? [];
  if (token === undefined) throw new Error(`there is no link in this mail:\n${mail}`);
  return token;
}
