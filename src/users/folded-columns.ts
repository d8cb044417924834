import { fold } from './fold.js';
import type { User } from './user.entity.js';

type EmailColumns = Pick<User, 'email' | 'emailFolded' | 'emailVerified' | 'pendingEmail'>;

/** The address in force, with the form that is unique without case; none is to come. */
export function emailColumns(email: string | null, emailVerified = false): EmailColumns {
  const emailFolded = email === null ? null : fold(email);
  return { email, emailFolded, emailVerified, pendingEmail: null };
}

/** Where to find whom a login names: its username, or its email address. */
export function byLogin(login: string): { emailFolded: string } | { usernameFolded: string } {
  const folded = fold(login);
  return login.includes('@') ? { emailFolded: folded } : { usernameFolded: folded };
}

/** Whether a change is of what others find the account by. */
export function hasNames({ usernameFolded, emailFolded }: Partial<User>): boolean {
  return usernameFolded !== undefined || emailFolded !== undefined;
}
