import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { lockHead } from './audit-chain-head.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { ChainWalk, type ChainFault, type ChainLink, type ChainReport } from './chain-walk.js';
import { GENESIS } from './chain.js';

const ROWS_A_BATCH = 1000;

/** Holds every audit event against its hash, while the service goes on writing. */
@Injectable()
export class AuditVerifier {
  constructor(private readonly work: UnitOfWork) {}

  /**
   * @param anchor a link that was noted earlier, outside of the database: whoever can write to the database can make the
   * whole chain anew, but not one with this link in it
   */
  async verify(anchor?: ChainLink): Promise<ChainReport | ChainFault> {
    const walk = new ChainWalk(anchor);
    await this.follow(walk);
    // What was written meanwhile, and then the end, while nobody can write.
    return this.work.run(async (manager) => {
      const head = await lockHead(manager);
      await this.follow(walk);
      return walk.end(head ?? { seq: 0, hash: GENESIS });
    });
  }

  private async follow(walk: ChainWalk): Promise<void> {
    let batch: AuditEvent[];
    do {
      batch = await this.loadAfter(walk.last);
      batch.forEach((event) => {
        walk.step(event);
      });
    } while (batch.length === ROWS_A_BATCH && !walk.fault);
  }

  /** In turn with the writers: what a unit writes and takes back is never seen. The first look has no lower bound. */
  private loadAfter(last: number | undefined): Promise<AuditEvent[]> {
    return this.work.runStatement((manager) =>
      manager.find(AuditEvent, {
        ...(last !== undefined && { where: { seq: MoreThan(last) } }),
        order: { seq: 'ASC' },
        take: ROWS_A_BATCH,
      }),
    );
  }
}
