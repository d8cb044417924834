import { IsOptional, ValidateIf } from 'class-validator';
import { createHash, randomUUID } from 'node:crypto';
import type { Role } from '../../access/role.js';
import { emailColumns } from '../folded-columns.js';
import { fold } from '../fold.js';
import { IsCredential, IsEmailAddress, IsUsername } from '../text-rules.js';
import type { User } from '../user.entity.js';
import {
  IsFlag,
  IsListOfRoles,
  IsMoment,
  IsUsableHash,
  IsUuid,
  NeedsEmail,
  StandsAlone,
} from './record-rules.js';

/** A user as a line of an import or an export has them: in the shape of the user over HTTP, with what signs them in. */
export class UserRecord {
  @IsOptional()
  @IsUuid()
  id?: string | null;

  @IsUsername()
  username!: string;

  @IsOptional()
  @IsEmailAddress()
  email?: string | null;

  @IsOptional()
  @IsFlag()
  @NeedsEmail()
  email_verified?: boolean | null;

  @IsOptional()
  @IsListOfRoles()
  roles?: Role[] | null;

  @IsOptional()
  @IsFlag()
  disabled?: boolean | null;

  @IsOptional()
  @IsMoment()
  created_at?: string | null;

  /** Of any format that a sign-in can check. */
  @ValidateIf(({ password }: UserRecord) => password == null)
  @IsUsableHash()
  password_hash?: string | null;

  /** In plain text, in place of a hash. The rules for new passwords do not hold: it is the one that people know. */
  @IsOptional()
  @IsCredential()
  @StandsAlone()
  password?: string | null;

  /** For an export: an explicit list, as a new column may be no business of another system. */
  static from(user: User): UserRecord {
    return {
      id: user.id,
      username: user.username,
      email: user.email,
      email_verified: user.emailVerified,
      roles: user.roles,
      disabled: user.disabled,
      created_at: user.createdAt.toISOString(),
      password_hash: user.passwordHash,
    };
  }
}

/** The user that a record describes, with what it leaves open as a registration would have it. */
export function userFrom(record: UserRecord, passwordHash: string, now: Date): User {
  return {
    id: record.id?.toLowerCase() ?? randomUUID(),
    username: record.username,
    usernameFolded: fold(record.username),
    ...emailColumns(record.email ?? null, record.email_verified ?? false),
    passwordHash,
    importedFrom: originOf(record),
    passwordChangedAt: now,
    roles: record.roles ?? ['user'],
    disabled: record.disabled ?? false,
    createdAt: record.created_at == null ? now : new Date(record.created_at),
    updatedAt: now,
  };
}

/**
 * What tells, after any change of the password, that a record is the one which was imported: a digest of its hash, which
 * is of no use without the salt in it. Of a password in plain text there must be none: only that it was one.
 */
export function originOf({ password_hash }: UserRecord): string {
  return password_hash == null ? 'password' : createHash('sha256').update(password_hash).digest('hex');
}
