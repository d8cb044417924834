import type { DataSource } from 'typeorm';
import type { Role } from '../access/role.js';
import type { Letter } from '../mail/letter.js';

/** A user as far as an application has to know one. */
export interface KnownUser {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly roles: readonly Role[];
}

/**
 * Where teams differ: what an application that has the service in it gives to it, or does in its place. All of it is
 * optional. Functions are waited for by a request: they should be quick. What throws is answered with 500, and the log
 * says why.
 */
export abstract class Extensions {
  /**
   * The application's own data source, on PostgreSQL, in place of connections of the service's own. Its entities hold
   * `...gatehouseEntities`, and `DATABASE_URL` names the same database: there the schema is brought up to date.
   */
  readonly dataSource?: DataSource;

  /**
   * More claims for the access tokens of a user, asked for at every sign-in and refresh. None may have a name that the
   * service gives a meaning itself, and together a token must stay under 4 KiB.
   */
  readonly claims?: (user: KnownUser) => Promise<object> | object;

  /**
   * Whom somebody means who signs in with something else than a username or an email address, such as a number of
   * staff. @returns the username or the email address here; for what means nobody, the same text
   */
  readonly loginName?: (typed: string) => Promise<string> | string;

  /**
   * Sends a mail, in place of SMTP and the outbox.
   * @param id the same each time that the same mail is tried: it is tried again where this throws
   */
  readonly sendMail?: (letter: Letter, id: string) => Promise<void>;
}
