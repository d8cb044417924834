import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';

/** A username or address that nobody but its former owner may take yet. Only its digest is kept. */
@Entity('reserved_names')
export class ReservedName {
  /** SHA-256 of the folded name, base64url. */
  @PrimaryColumn({ type: 'varchar', length: 43 })
  digest!: string;

  /** The former owner, who may take it back; null where the account is deleted. */
  @Column({ name: 'user_id', type: 'varchar', length: 36, nullable: true })
  userId!: string | null;

  @InstantColumn({ name: 'expires_at' })
  expiresAt!: Date;
}
