import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';
import type { AuditEventType, AuditOutcome } from './audit-event-types.js';

/**
 * What happened to whom, by whom, when and from where: a link of the chain (`chain.ts`). Outlives the user it is about,
 * and holds no secret. JSON is kept as text, as the hash is over that very text.
 */
@Entity('audit_events')
@Unique('uq_audit_events_id', ['id'])
@Index('ix_audit_events_user_id', ['userId', 'seq'])
@Index('ix_audit_events_actor_id', ['actorId'])
@Index('ix_audit_events_type', ['type', 'seq'])
export class AuditEvent {
  /** From 1 on, without gaps: the place in the chain. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar', length: 36 })
  id!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'varchar', length: 64 })
  type!: AuditEventType;

  @Column({ type: 'varchar', length: 16 })
  outcome!: AuditOutcome;

  /** Whom it concerns. */
  @Column({ name: 'user_id', type: 'varchar', length: 36, nullable: true })
  userId!: string | null;

  /** Who did it, where that is another user. */
  @Column({ name: 'actor_id', type: 'varchar', length: 36, nullable: true })
  actorId!: string | null;

  /** JSON. */
  @Column({ type: 'text' })
  details!: string;

  /** JSON of a {@link PersonalData}; null once it was erased. */
  @Column({ type: 'text', nullable: true })
  personal!: string | null;

  /** Without it nobody can guess from the digest what was erased; goes together with `personal`. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  salt!: string | null;

  @Column({ name: 'personal_digest', type: 'varchar', length: 64 })
  personalDigest!: string;

  @Column({ type: 'varchar', length: 64 })
  hash!: string;
}

/** What an event keeps of people, and can be made to forget. */
export interface PersonalData {
  readonly ip?: string;
  readonly user_agent?: string;
  readonly request_id?: string;
  readonly details?: object;
}
