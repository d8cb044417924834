import type { Role } from '../access/role.js';

/** A user as far as tokens know one: an id, and what `ACCESS_TOKEN_CLAIMS` may put into an access token. */
export interface Subject {
  readonly id: string;
  readonly username: string;
  readonly roles: readonly Role[];
  readonly email: string | null;
}
