import type { Role } from './role.js';

/** Who is calling, as an accepted access token says. */
export interface Identity {
  readonly userId: string;
  readonly username: string;
  readonly roles: readonly Role[];
  readonly sessionId: string;
  readonly tokenId: string;
  /** When the access token expires. */
  readonly expiresAt: Date;
  /** The last proof of the password in this session. */
  readonly authTime: Date;
}
