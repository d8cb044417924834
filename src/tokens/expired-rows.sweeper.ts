import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { deleteExpired } from '../database/delete-expired.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Instances } from '../instances/instances.service.js';
import { Clock } from '../time/clock.js';
import { every } from '../time/every.js';
import { Acknowledgements } from './acknowledgements.js';
import { DenylistMirror } from './denylist-mirror.js';
import { ExpiryReadings } from './expiry-readings.js';
import { RevokedToken } from './revoked-token.entity.js';
import { Session } from './session.entity.js';

const SWEEP_EVERY_SECONDS = 60;

/** Removes what has expired: from memory, and, one instance for all, from the database. */
@Injectable()
export class ExpiredRowsSweeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ExpiredRowsSweeper.name);
  private readonly readings: ExpiryReadings;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly work: UnitOfWork,
    private readonly denylist: DenylistMirror,
    private readonly acknowledgements: Acknowledgements,
    private readonly instances: Instances,
    private readonly clock: Clock,
    { accessTokenTtl }: Settings,
  ) {
    this.readings = new ExpiryReadings(SWEEP_EVERY_SECONDS, accessTokenTtl);
  }

  /** How many sweeps it takes until what has expired is removed. */
  get sweepsNeeded(): number {
    return this.readings.count;
  }

  onModuleInit(): void {
    this.timer = every(SWEEP_EVERY_SECONDS * 1000, () => this.sweep(), this.logger);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Removes revocations, and sessions with their refresh tokens, that have expired by all the last readings. */
  async sweep(): Promise<void> {
    const expiry = this.readings.take(this.clock.now());
    if (!expiry) return;
    await this.denylist.forgetExpired(expiry);
    this.acknowledgements.forgetExpired(expiry);
    await this.instances.ifEldest(async () => {
      await deleteExpired(this.work, RevokedToken, 'seq', expiry);
      await deleteExpired(this.work, Session, 'id', expiry);
    });
  }
}
