import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';

/** What an instance says of itself, for whoever looks after them all. */
export type InstanceFacts = Readonly<Record<string, string>>;

/** An instance that serves requests from this database. */
@Entity('instances')
export class Instance {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @InstantColumn({ name: 'started_at' })
  startedAt!: Date;

  /** When it last said that it lives. */
  @InstantColumn({ name: 'seen_at' })
  seenAt!: Date;

  /** The last revocation that it refuses; those before it, it refuses too. */
  @Column({ name: 'acknowledged_seq', type: 'integer' })
  acknowledgedSeq!: number;

  @Column({ type: 'simple-json' })
  facts!: InstanceFacts;
}
