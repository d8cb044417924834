import type { KnownUser } from '../extensions/extensions.js';

/** A user as far as tokens know one: an id, and what `ACCESS_TOKEN_CLAIMS` may put into an access token. */
export type Subject = KnownUser;
