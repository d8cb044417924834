import { fold } from './fold.js';
import type { User } from './user.entity.js';

/** An address as it is stored, with the form that is unique without case. */
export function emailColumns(email: string | null): Pick<User, 'email' | 'emailFolded'> {
  return { email, emailFolded: email === null ? null : fold(email) };
}

/** Where to find whom a login names: its username, or its email address. */
export function byLogin(login: string): { emailFolded: string } | { usernameFolded: string } {
  const folded = fold(login);
  return login.includes('@') ? { emailFolded: folded } : { usernameFolded: folded };
}
