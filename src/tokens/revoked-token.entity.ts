import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';
import type { CutReason } from './cut-reason.js';

/**
 * The denylist. An entry names one token by its `jti`, or, for a session that was ended, all of its tokens by their
 * `sid`: a token that a racing request gives out a moment later is covered too. `seq` lets other processes follow.
 */
@Entity('revoked_tokens')
@Unique('uq_revoked_tokens_id', ['id'])
export class RevokedToken {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar', length: 64 })
  id!: string;

  @Index('ix_revoked_tokens_expires_at')
  @InstantColumn({ name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'varchar', length: 32 })
  reason!: CutReason;

  @InstantColumn({ name: 'revoked_at' })
  revokedAt!: Date;
}
