import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';
import type { CutReason } from './cut-reason.js';

/** One sign-in, from the password to the cut. Its id is the `sid` of every token given out in it. */
@Entity('sessions')
export class Session {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  // By name: tokens know a user as an id, and import nothing of users.
  @ForeignKey('User', { name: 'fk_sessions_user_id', onDelete: 'CASCADE' })
  @Index('ix_sessions_user_id')
  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: Date;

  @InstantColumn({ name: 'last_used_at' })
  lastUsedAt!: Date;

  /** When the last token of the session expires, and with it the session. */
  @Index('ix_sessions_expires_at')
  @InstantColumn({ name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 512, nullable: true })
  userAgent!: string | null;

  /** The last proof of the password (`auth_time` of OpenID Connect). */
  @InstantColumn({ name: 'auth_time' })
  authTime!: Date;

  @InstantColumn({ name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Column({ name: 'ended_reason', type: 'varchar', length: 32, nullable: true })
  endedReason!: CutReason | null;
}
