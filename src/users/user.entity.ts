import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { Role } from '../access/role.js';
import { InstantColumn } from '../database/instant-column.js';

/** Who may sign in. The folded columns carry the uniqueness without case. */
@Entity('users')
@Unique('uq_users_username_folded', ['usernameFolded'])
@Unique('uq_users_email_folded', ['emailFolded'])
export class User {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  username!: string;

  @Column({ name: 'username_folded', type: 'varchar', length: 64 })
  usernameFolded!: string;

  @Column({ type: 'varchar', length: 254, nullable: true })
  email!: string | null;

  @Column({ name: 'email_folded', type: 'varchar', length: 254, nullable: true })
  emailFolded!: string | null;

  @Column({ name: 'email_verified', type: 'boolean' })
  emailVerified!: boolean;

  /** Another address, which takes the place of the first once it is verified. */
  @Column({ name: 'pending_email', type: 'varchar', length: 254, nullable: true })
  pendingEmail!: string | null;

  @Column({ name: 'password_hash', type: 'varchar', length: 512, select: false })
  passwordHash!: string;

  /** What the password was imported as, which a later import of the same user is known by; null for who registered. */
  @Column({ name: 'imported_from', type: 'varchar', length: 64, nullable: true, select: false })
  importedFrom!: string | null;

  /** When the password became another one; a new hash of the same password leaves it alone. */
  @InstantColumn({ name: 'password_changed_at' })
  passwordChangedAt!: Date;

  @Column({ type: 'simple-json' })
  roles!: Role[];

  @Column({ type: 'boolean' })
  disabled!: boolean;

  @InstantColumn({ name: 'created_at' })
  createdAt!: Date;

  @InstantColumn({ name: 'updated_at' })
  updatedAt!: Date;
}
