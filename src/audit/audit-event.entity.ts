import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';

/** What happened to whom, when and from where. Outlives the user it is about, and holds no secret. */
@Entity('audit_events')
export class AuditEvent {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  @InstantColumn()
  at!: Date;

  @Column({ type: 'varchar', length: 64 })
  type!: string;

  @Index('ix_audit_events_user_id')
  @Column({ name: 'user_id', type: 'varchar', length: 36, nullable: true })
  userId!: string | null;

  @Column({ type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ type: 'simple-json' })
  details!: object;
}
