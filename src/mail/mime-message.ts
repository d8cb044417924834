import type { SendMailOptions } from 'nodemailer';
import { asHtml, asText, type Letter } from './letter.js';

/** A letter as a mail in text and HTML. */
export function mimeMessage(letter: Letter, from: string, id: string): SendMailOptions {
  return {
    from,
    to: letter.to,
    subject: letter.subject,
    messageId: `<${id}@${from.replace(/^.*@|>$/g, '')}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    alternatives: [
      { raw: sevenBit('text/plain', asText(letter)) },
      { raw: sevenBit('text/html', asHtml(letter)) },
    ],
  };
}

/**
 * The library encodes text with a line over 76 characters, which breaks a link in the source of the mail. All that letters
 * say is ASCII, in lines under the 998 of RFC 5322 §2.1.1: it needs no encoding.
 */
function sevenBit(type: string, content: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${content}`;
}
