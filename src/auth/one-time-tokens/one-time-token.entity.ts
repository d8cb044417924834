import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { InstantColumn } from '../../database/instant-column.js';

export type Purpose = 'verify_email' | 'reset_password';

/** What was mailed to prove an address. For each purpose a user has one at most. The token itself is not kept. */
@Entity('one_time_tokens')
@Unique('uq_one_time_tokens_digest', ['digest'])
export class OneTimeToken {
  @ForeignKey('User', { name: 'fk_one_time_tokens_user_id', onDelete: 'CASCADE' })
  @PrimaryColumn({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  @PrimaryColumn({ type: 'varchar', length: 32 })
  purpose!: Purpose;

  /** SHA-256 of the token, base64url. */
  @Column({ type: 'varchar', length: 43 })
  digest!: string;

  /** The address that whoever has the token reads the mail of. */
  @Column({ type: 'varchar', length: 254 })
  email!: string;

  @Index('ix_one_time_tokens_expires_at')
  @InstantColumn({ name: 'expires_at' })
  expiresAt!: Date;
}
