import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { AppError } from '../errors/app-error.js';
import { Instances } from '../instances/instances.service.js';
import { reasonsToDegrade } from './cluster-check.js';
import { Draining } from './draining.js';
import type { Ready } from './health.dto.js';

const RETRY_SECONDS = 1;

/** Whether requests can be sent to this instance, and what it would not hold. */
@Injectable()
export class Readiness {
  constructor(
    private readonly settings: Settings,
    private readonly instances: Instances,
    private readonly draining: Draining,
  ) {}

  /** @throws AppError overloaded while the service stops, and where the database does not answer */
  async describe(): Promise<Ready> {
    this.requireStaying();
    const others = await this.instances.findOthers().catch(rejectUnready);
    const reasons = reasonsToDegrade(
      this.instances.own,
      others.map(({ facts }) => facts),
    );
    return {
      status: reasons.length > 0 ? 'degraded' : 'ok',
      ...(reasons.length > 0 && { reasons }),
      instances: others.length + 1,
      stores: {
        database: this.settings.database.kind,
        limits: this.instances.own['limits'] ?? 'process',
        denylist: 'database',
        mail_queue: 'database',
        hash_queue: 'process',
      },
    };
  }

  private requireStaying(): void {
    if (this.draining.isOn)
      throw new AppError('overloaded', {
        retryAfter: RETRY_SECONDS,
        message: 'This instance is stopping: ask another',
      });
  }
}

function rejectUnready(cause: unknown): never {
  throw new AppError('overloaded', {
    retryAfter: RETRY_SECONDS,
    cause,
    detail: 'the database does not answer',
  });
}
