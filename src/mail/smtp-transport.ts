import { createTransport } from 'nodemailer';
import type { Letter } from './letter.js';
import { MailRefusedForGood, MailTransport } from './mail-transport.js';
import { mimeMessage } from './mime-message.js';

const CONNECT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 30_000;

/** Sends through the mail server of `SMTP_URL`. */
export class SmtpTransport extends MailTransport {
  readonly reachesPeople = true;
  private readonly smtp;

  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.smtp = createTransport({
      url,
      connectionTimeout: CONNECT_WITHIN_MS,
      greetingTimeout: CONNECT_WITHIN_MS,
      socketTimeout: ANSWER_WITHIN_MS,
    });
  }

  async send(letter: Letter, id: string): Promise<void> {
    try {
      await this.smtp.sendMail(mimeMessage(letter, this.from, id));
    } catch (error) {
      throw asRefusal(error) ?? error;
    }
  }
}

/** A 5xx to the mail itself (RFC 5321 §4.2.1). One to the sign-in at the server is a fault of the settings, which can be mended. */
function asRefusal(error: unknown): MailRefusedForGood | undefined {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number };
  const isAboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  return isAboutTheMail && responseCode >= 500 ? new MailRefusedForGood(responseCode) : undefined;
}
