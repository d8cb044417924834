import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { deleteExpired } from '../database/delete-expired.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Instances } from '../instances/instances.service.js';
import { Clock } from '../time/clock.js';
import { every } from '../time/every.js';
import { Acknowledgements } from './acknowledgements.js';
import { DenylistMirror } from './denylist-mirror.js';
import { RevokedToken } from './revoked-token.entity.js';
import { Session } from './session.entity.js';

const SWEEP_EVERY_MS = 60_000;

/** Removes what has expired: from memory, and, one instance for all, from the database. */
@Injectable()
export class ExpiredRowsSweeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ExpiredRowsSweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly work: UnitOfWork,
    private readonly denylist: DenylistMirror,
    private readonly acknowledgements: Acknowledgements,
    private readonly instances: Instances,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = every(SWEEP_EVERY_MS, () => this.sweep(), this.logger);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Removes expired revocations, and expired sessions with their refresh tokens. */
  async sweep(): Promise<void> {
    await this.denylist.forgetExpired();
    this.acknowledgements.forgetExpired();
    await this.instances.ifEldest(async () => {
      const now = this.clock.now();
      await deleteExpired(this.work, RevokedToken, 'seq', now);
      await deleteExpired(this.work, Session, 'id', now);
    });
  }
}
