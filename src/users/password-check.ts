import type { SelectQueryBuilder } from 'typeorm';
import type { User } from './user.entity.js';

/** Who has proven the password, as the account was when it was read for that: what follows has to look again. */
export type ProvenUser = Pick<User, 'id' | 'username' | 'email' | 'disabled' | 'passwordChangedAt'>;

/** Whether a password is that of an account. */
export interface PasswordCheck {
  /** The account that it was tried on, if there is one. */
  readonly userId: string | null;
  /** Whose password it is: nobody's where it is wrong. */
  readonly user: ProvenUser | null;
}

/** As the database gives it: PostgreSQL has a bigint as text, SQLite a boolean as a number. */
export interface StoredPassword extends Pick<User, 'id' | 'username' | 'email'> {
  readonly hash: string;
  readonly disabled: boolean | number;
  readonly changedAt: number | string;
}

/** What a check needs, raw: to make an entity takes time, and only of a user who exists. */
export function selectStoredPassword(query: SelectQueryBuilder<User>): SelectQueryBuilder<User> {
  return query
    .select('user.id', 'id')
    .addSelect('user.username', 'username')
    .addSelect('user.email', 'email')
    .addSelect('user.passwordHash', 'hash')
    .addSelect('user.disabled', 'disabled')
    .addSelect('user.passwordChangedAt', 'changedAt');
}

export function provenUser({ id, username, email, disabled, changedAt }: StoredPassword): ProvenUser {
  const passwordChangedAt = new Date(Number(changedAt));
  return { id, username, email, disabled: Boolean(disabled), passwordChangedAt };
}
