import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { In, IsNull, type EntityManager } from 'typeorm';
import { inBatches } from '../database/batches.js';
import { lockUnlessLocked } from '../database/lock-unless-locked.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { RefreshToken } from './refresh-token.entity.js';
import type { AccessClaims } from './token-claims.js';
import { refreshJtiBeside } from './token-issuer.js';

const WRITE_AFTER_MS = 100;
const ROWS_A_STATEMENT = 500;

/**
 * Which refresh tokens the client has shown to hold, by using an access token that was given out beside one. Known at
 * once in this process; written soon after, several together, so that no request waits for it.
 */
@Injectable()
export class Acknowledgements implements OnApplicationShutdown {
  private readonly logger = new Logger(Acknowledgements.name);
  /** Refresh jti → when its access token expires, NumericDate seconds. */
  private readonly known = new Map<string, number>();
  private readonly unwritten = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  has(refreshJti: string): boolean {
    return this.known.has(refreshJti);
  }

  /** Notes that an access token was accepted. */
  note({ jti, exp }: AccessClaims): void {
    const refreshJti = refreshJtiBeside(jti);
    if (this.known.has(refreshJti)) return;
    this.known.set(refreshJti, exp);
    this.unwritten.add(refreshJti);
    this.writeSoon();
  }

  /** Writes what is known, before the process ends; later than the rest, as tokens are accepted until the server is closed. */
  async onApplicationShutdown(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await this.write();
  }

  /** Forgets what goes with access tokens that had expired then. */
  forgetExpired(then: Date): void {
    const second = then.getTime() / 1000;
    for (const [jti, exp] of this.known)
      if (exp <= second && !this.unwritten.has(jti)) this.known.delete(jti);
  }

  private writeSoon(): void {
    if (this.isOver) return;
    this.timer ??= setTimeout(() => {
      void this.write();
    }, WRITE_AFTER_MS).unref();
  }

  private async write(): Promise<void> {
    this.timer = undefined;
    const jtis = [...this.unwritten];
    if (jtis.length === 0) return;
    try {
      for (const some of inBatches(jtis, ROWS_A_STATEMENT)) await this.writeSome(some);
    } catch (error) {
      this.logger.error(error);
    }
    if (this.unwritten.size > 0) this.writeSoon();
  }

  private async writeSome(jtis: string[]): Promise<void> {
    const left = await this.work.run((manager) => this.acknowledge(manager, jtis));
    for (const jti of jtis) if (!left.has(jti)) this.unwritten.delete(jti);
  }

  /** Waits for no row: together with a deletion or another instance, whose order is another, that could be for ever. */
  private async acknowledge(manager: EntityManager, jtis: string[]): Promise<ReadonlySet<string>> {
    const where = { jti: In(jtis), acknowledgedAt: IsNull() };
    const select = { jti: true } as const;
    const unacknowledged = await manager.find(RefreshToken, { select, where });
    const free = await manager.find(RefreshToken, { select, where, ...lockUnlessLocked(manager) });
    const taken = new Set(free.map(({ jti }) => jti));
    await manager.update(RefreshToken, { jti: In([...taken]) }, { acknowledgedAt: this.clock.now() });
    return new Set(unacknowledged.map(({ jti }) => jti).filter((jti) => !taken.has(jti)));
  }
}
