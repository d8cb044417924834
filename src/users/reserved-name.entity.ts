import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../database/instant-column.js';

/** A username or address that nobody but its former owner may take yet. Of either only a digest is kept. */
@Entity('reserved_names')
export class ReservedName {
  /** SHA-256 of the folded name, base64url. */
  @PrimaryColumn({ type: 'varchar', length: 43 })
  digest!: string;

  /** SHA-256 of the id of the former owner, base64url: who has that id may take it back, also by an import. */
  @Column({ name: 'owner_digest', type: 'varchar', length: 43 })
  ownerDigest!: string;

  @InstantColumn({ name: 'expires_at' })
  expiresAt!: Date;
}
