import { AuditChainHead, HEAD } from '../../src/audit/audit-chain-head.entity.js';
import { GENESIS } from '../../src/audit/chain.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { TestApp } from './test-app.js';

/** Removes all audit events and starts the chain again, so that tests can share one service and still count events. */
export async function emptyAuditTrail({ app }: TestApp): Promise<void> {
  await app.get(UnitOfWork).run(async (manager) => {
    await manager.query('DELETE FROM audit_events');
    await manager.upsert(AuditChainHead, { id: HEAD, seq: 0, hash: GENESIS }, ['id']);
  });
}
