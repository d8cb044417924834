import { Logger } from '@nestjs/common';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../time/clock.js';
import type { Letter } from './letter.js';
import { MailTransport } from './mail-transport.js';
import { mimeMessage } from './mime-message.js';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** Where no mail server is set: each mail is a file that any mail program opens, and the log says where. */
export class OutboxFolder extends MailTransport {
  readonly reachesPeople = false;
  private readonly logger = new Logger('Outbox');

  constructor(
    private readonly folder: string,
    private readonly from: string,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send(letter: Letter, id: string): Promise<void> {
    // Loaded with the first mail: a start may see none.
    const { createTransport } = await import('nodemailer');
    const mime = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
    const { message } = await mime.sendMail(mimeMessage(letter, this.from, id));
    await mkdir(this.folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const moment = this.clock.now().toISOString().replace(/[:.]/g, '-');
    const file = join(this.folder, `${moment}-${id}.eml`);
    // Whoever waits for the file must not find half of it.
    await writeFile(`${file}.part`, message, { mode: OWNER_ONLY });
    await rename(`${file}.part`, file);
    this.logger.log(`Wrote a mail to ${file}, as SMTP_URL is not set`);
  }
}
