import type { Letter } from './letter.js';

/** Thrown where a mail will never be taken, however often it is tried: an address that does not exist. */
export class MailRefusedForGood extends Error {
  constructor(readonly responseCode: number) {
    super(`the mail server refused it for good, with ${String(responseCode)}`);
  }
}

/** Brings a mail on its way. */
export abstract class MailTransport {
  /** Whether what is sent arrives at people, so that they can be waited for. */
  abstract readonly reachesPeople: boolean;

  /**
   * @param id the same each time that the same mail is tried
   * @throws MailRefusedForGood; anything else where another try may succeed
   */
  abstract send(letter: Letter, id: string): Promise<void>;
}
