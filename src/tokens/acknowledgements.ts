import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { RefreshToken } from './refresh-token.entity.js';
import type { AccessClaims } from './token-claims.js';
import { refreshJtiBeside } from './token-issuer.js';

const WRITE_AFTER_MS = 100;

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
    this.timer ??= setTimeout(() => {
      void this.write();
    }, WRITE_AFTER_MS).unref();
  }

  /** Writes what is known, before the process ends; later than the rest, as tokens are accepted until the server is closed. */
  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.write();
  }

  forgetExpired(): void {
    const now = this.clock.now().getTime() / 1000;
    for (const [jti, exp] of this.known) if (exp <= now && !this.unwritten.has(jti)) this.known.delete(jti);
  }

  private async write(): Promise<void> {
    this.timer = undefined;
    const jtis = [...this.unwritten];
    if (jtis.length === 0) return;
    try {
      await this.work.runStatement((manager) =>
        manager.update(
          RefreshToken,
          { jti: In(jtis), acknowledgedAt: IsNull() },
          { acknowledgedAt: this.clock.now() },
        ),
      );
      jtis.forEach((jti) => this.unwritten.delete(jti));
    } catch (error) {
      this.logger.error(error);
    }
  }
}
