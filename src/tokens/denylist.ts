import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.js';
import { Settings, type TokenType } from '../config/settings.js';
import { inBatches } from '../database/batches.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Instances } from '../instances/instances.service.js';
import { Clock } from '../time/clock.js';
import type { CutReason } from './cut-reason.js';
import { DenylistMirror } from './denylist-mirror.js';
import type { DenylistEntry } from './denylist-table.js';
import { RevokedToken } from './revoked-token.entity.js';

const ROWS_A_STATEMENT = 100;

/** The revoked tokens: durable in the database, looked up in memory, so that a check costs no statement. */
@Injectable()
export class Denylist {
  private readonly checked: ReadonlySet<TokenType>;

  constructor(
    private readonly work: UnitOfWork,
    private readonly mirror: DenylistMirror,
    private readonly instances: Instances,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.checked = new Set(settings.denylistTokenChecks);
  }

  /**
   * Why a token is refused.
   * @returns undefined where it is not, or where `DENYLIST_TOKEN_CHECKS` leaves its type out
   * @throws AppError overloaded where nobody can tell
   */
  async find(type: TokenType, { jti, sid }: { jti: string; sid: string }): Promise<CutReason | undefined> {
    if (!this.checked.has(type)) return undefined;
    await this.mirror.requireCurrent();
    return this.mirror.find(jti) ?? this.mirror.find(sid);
  }

  /** Whether it is known at this moment that a token is not refused. Where that has to be asked for first, it is not. */
  isClear(type: TokenType, { jti, sid }: { jti: string; sid: string }): boolean {
    if (!this.checked.has(type)) return true;
    return (
      this.mirror.isCurrent() && this.mirror.find(jti) === undefined && this.mirror.find(sid) === undefined
    );
  }

  /**
   * Adds entries at the end of the open unit of work. The unit returns once every instance refuses what they name.
   * @throws Error without an open unit of work
   */
  add(manager: EntityManager, entries: readonly DenylistEntry[]): void {
    let last = 0;
    this.work.beforeCommit(async () => {
      // In the order of commits: who has seen a number has seen all before it.
      await this.audit.lockOrder(manager);
      await this.insert(manager, entries);
      last = (await manager.maximum(RevokedToken, 'seq')) ?? 0;
    });
    this.work.afterCommit(() => {
      this.mirror.remember(entries);
      return this.instances.untilRefusedByAll(last);
    });
  }

  /** Returns once every instance refuses what was revoked until now, also by a request that has no answer yet. */
  settle(): Promise<void> {
    return this.work.run((manager) => {
      this.add(manager, []);
      return Promise.resolve();
    });
  }

  private async insert(manager: EntityManager, entries: readonly DenylistEntry[]): Promise<void> {
    const revokedAt = this.clock.now();
    const rows = entries.map((entry) => ({ ...entry, revokedAt }));
    for (const some of inBatches(rows, ROWS_A_STATEMENT))
      await manager.createQueryBuilder().insert().into(RevokedToken).values(some).orIgnore().execute();
  }
}
