import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource, In, LessThanOrEqual } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { Acknowledgements } from './acknowledgements.js';
import { Denylist } from './denylist.js';
import { RevokedToken } from './revoked-token.entity.js';
import { Session } from './session.entity.js';

const SWEEP_EVERY_MS = 60_000;
const ROWS_A_BATCH = 500;

/** Removes what has expired, in small batches so that no request waits long behind one. */
@Injectable()
export class ExpiredRowsSweeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ExpiredRowsSweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork,
    private readonly denylist: Denylist,
    private readonly acknowledgements: Acknowledgements,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => {
        this.logger.error(error);
      });
    }, SWEEP_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Removes expired revocations, and expired sessions with their refresh tokens. */
  async sweep(): Promise<void> {
    this.denylist.forgetExpired();
    this.acknowledgements.forgetExpired();
    while ((await this.sweepRevokedTokens()) === ROWS_A_BATCH);
    while ((await this.sweepSessions()) === ROWS_A_BATCH);
  }

  private async sweepRevokedTokens(): Promise<number> {
    const expired = await this.dataSource.manager.find(RevokedToken, {
      select: { seq: true },
      where: { expiresAt: LessThanOrEqual(this.clock.now()) },
      take: ROWS_A_BATCH,
    });
    const seqs = expired.map(({ seq }) => seq);
    if (seqs.length > 0)
      await this.work.runStatement((manager) => manager.delete(RevokedToken, { seq: In(seqs) }));
    return seqs.length;
  }

  private async sweepSessions(): Promise<number> {
    const expired = await this.dataSource.manager.find(Session, {
      select: { id: true },
      where: { expiresAt: LessThanOrEqual(this.clock.now()) },
      take: ROWS_A_BATCH,
    });
    const ids = expired.map(({ id }) => id);
    if (ids.length > 0) await this.work.runStatement((manager) => manager.delete(Session, { id: In(ids) }));
    return ids.length;
  }
}
