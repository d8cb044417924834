import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';
import { Session } from './session.entity.js';

/**
 * What is known of a refresh token, never the token itself. The first use writes `usedAt` and `successorJti`;
 * `acknowledgedAt` says that the client has shown to hold the token: it was used, or an access token given out with it.
 */
@Entity('refresh_tokens')
@Index('ix_refresh_tokens_session_id_access_expires_at', ['sessionId', 'accessExpiresAt'])
export class RefreshToken {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  jti!: string;

  @ForeignKey(() => Session, { name: 'fk_refresh_tokens_session_id', onDelete: 'CASCADE' })
  @Column({ name: 'session_id', type: 'varchar', length: 36 })
  sessionId!: string;

  @Column({ name: 'parent_jti', type: 'varchar', length: 36, nullable: true })
  parentJti!: string | null;

  @Column({ name: 'successor_jti', type: 'varchar', length: 36, nullable: true })
  successorJti!: string | null;

  @InstantColumn({ name: 'issued_at' })
  issuedAt!: Date;

  @InstantColumn({ name: 'expires_at' })
  expiresAt!: Date;

  @InstantColumn({ name: 'used_at', nullable: true })
  usedAt!: Date | null;

  /** Who used it first: with {@link usedUserAgent}, a late repeat is compared with it. */
  @Column({ name: 'used_ip', type: 'varchar', length: 45, nullable: true })
  usedIp!: string | null;

  @Column({ name: 'used_user_agent', type: 'varchar', length: 512, nullable: true })
  usedUserAgent!: string | null;

  /** Where the parent was presented late: by whom, as {@link repeatsWith} writes it. */
  @Column({ name: 'parent_repeats', type: 'varchar', length: 1200, nullable: true })
  parentRepeats!: string | null;

  @InstantColumn({ name: 'acknowledged_at', nullable: true })
  acknowledgedAt!: Date | null;

  @InstantColumn({ name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  /** The access token given out beside it; of several, as where the answer was repeated, the one that lives longest. */
  @Column({ name: 'access_jti', type: 'varchar', length: 64 })
  accessJti!: string;

  @InstantColumn({ name: 'access_expires_at' })
  accessExpiresAt!: Date;
}
