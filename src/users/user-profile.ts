import type { Role } from '../access/role.js';
import type { User } from './user.entity.js';

/** A user as the outside may see one: an explicit list, so that a new column stays inside until it is named here. */
export class UserProfile {
  /** UUID */
  id!: string;
  username!: string;
  email!: string | null;
  email_verified!: boolean;
  /** An address that takes the place of the other once it is verified */
  pending_email!: string | null;
  roles!: Role[];
  disabled!: boolean;
  /** ISO 8601, UTC */
  created_at!: string;
  /** ISO 8601, UTC */
  updated_at!: string;

  static from(user: User): UserProfile {
    return {
      id: user.id,
      username: user.username,
      email: user.email,
      email_verified: user.emailVerified,
      pending_email: user.pendingEmail,
      roles: user.roles,
      disabled: user.disabled,
      created_at: user.createdAt.toISOString(),
      updated_at: user.updatedAt.toISOString(),
    };
  }
}

/** Some of the users, in the order of their names. */
export class UserPage {
  users!: UserProfile[];
  /** Leads to the page after this one; null on the last */
  next_cursor!: string | null;
}
