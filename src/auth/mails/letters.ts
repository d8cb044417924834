import type { Letter } from '../../mail/letter.js';

export interface Link {
  readonly url: URL;
  /** How long it is good. */
  readonly minutes: number;
}

export function verifyEmail(to: string, username: string, link: Link): Letter {
  return {
    to,
    subject: 'Confirm your email address',
    paragraphs: [
      `Hello ${username},`,
      'please confirm that this is your email address, by opening this link:',
      link.url,
      goodFor(link),
      'If you did not give this address anywhere, you need not do anything: nothing will come of it.',
    ],
  };
}

export function resetPassword(to: string, username: string, link: Link): Letter {
  return {
    to,
    subject: 'Set a new password',
    paragraphs: [
      `Hello ${username},`,
      'somebody, most likely you, asked for a new password. Open this link to choose one:',
      link.url,
      goodFor(link),
      'If it was not you, you need not do anything: your password stays as it is.',
    ],
  };
}

export function passwordChanged(to: string, username: string): Letter {
  return {
    to,
    subject: 'Your password was changed',
    paragraphs: [
      `Hello ${username},`,
      'the password of your account was changed just now, and your other sessions were ended.',
      'If it was not you, set a new password at once by "forgot password", and look through your sessions.',
    ],
  };
}

export function emailChanged(to: string, username: string): Letter {
  return {
    to,
    subject: 'Your email address is being changed',
    paragraphs: [
      `Hello ${username},`,
      'somebody signed in as you asked for another email address on your account, in place of this one.',
      'If it was not you, change your password at once and end all other sessions.',
    ],
  };
}

function goodFor({ minutes }: Link): string {
  return `The link is good once, for ${String(minutes)} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}
