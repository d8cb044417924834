import { Column, Entity, PrimaryColumn, type EntityManager } from 'typeorm';
import { lockForUpdate } from '../database/unit-of-work.js';

/** The id of the one row there is. */
export const HEAD = 1;

/** Where the chain of audit events ends: who appends locks it, and events that are missing at the end are missed by it. */
@Entity('audit_chain_head')
export class AuditChainHead {
  @PrimaryColumn({ type: 'integer' })
  id!: number;

  /** Of the last event, 0 before the first: so many events there are. */
  @Column({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar', length: 64 })
  hash!: string;
}

/** Where the chain ends, held until the open unit of work does. */
export function lockHead(manager: EntityManager): Promise<AuditChainHead | null> {
  return manager.findOne(AuditChainHead, { where: { id: HEAD }, ...lockForUpdate(manager) });
}
