import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../database/instant-column.js';
import type { Hits } from './sliding-window.js';

/** A counter as it was a moment ago, so that a restart forgives nobody. The key is a digest: names are not kept in it. */
@Entity('throttle_counters')
export class ThrottleCounter {
  @PrimaryColumn({ type: 'varchar', length: 43 })
  key!: string;

  @Column({ type: 'simple-json' })
  hits!: Hits;

  @Index('ix_throttle_counters_expires_at')
  @InstantColumn({ name: 'expires_at' })
  expiresAt!: Date;
}
