import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';

/**
 * A mail that is due: what it is about, not its text. The text is made when it is sent, so that no secret of it waits
 * here, and the time in which it is good begins when it leaves.
 */
@Entity('outbound_mails')
export class OutboundMail {
  /** Why there is a mail: of one cause there is never more than one, and a later one takes the place of an earlier. */
  @PrimaryColumn({ type: 'varchar', length: 128 })
  cause!: string;

  /** Another one each time that the cause comes again; the mail's Message-ID. */
  @Column({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 32 })
  kind!: string;

  // By name: mail knows a user as an id, and imports nothing of users.
  @ForeignKey('User', { name: 'fk_outbound_mails_user_id', onDelete: 'CASCADE' })
  @Index('ix_outbound_mails_user_id')
  @Column({ name: 'user_id', type: 'varchar', length: 36, nullable: true })
  userId!: string | null;

  @Column({ type: 'varchar', length: 254 })
  recipient!: string;

  @Column({ type: 'integer' })
  attempts!: number;

  @InstantColumn({ name: 'created_at' })
  createdAt!: Date;

  @Index('ix_outbound_mails_next_attempt_at')
  @InstantColumn({ name: 'next_attempt_at' })
  nextAttemptAt!: Date;
}
