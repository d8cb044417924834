import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../time/clock.js';
import { every } from '../time/every.js';
import { KeyChangeError } from './key-change-error.js';
import { knownFrom } from './key-publication.js';
import { find, type StoredKey } from './key-ring.js';
import { KeyRotationService } from './key-rotation.service.js';
import { SigningKeys } from './signing-keys.js';

const LOOK_EVERY_MS = 1000;

/**
 * Rotates the keys after `JWT_ALGORITHM` was changed: the key of the new algorithm is published as the next one at start,
 * and signs once everybody who verifies tokens can have it.
 */
@Injectable()
export class AlgorithmChange implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(AlgorithmChange.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly keys: SigningKeys,
    private readonly rotation: KeyRotationService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const next = this.findPending();
    if (!next) return;
    this.logger.log(
      `${this.keys.current.alg} goes on signing until ${knownFrom(next).toISOString()}, when others can have the key of ${next.alg}`,
    );
    this.timer = every(LOOK_EVERY_MS, () => this.rotateWhenKnown(), this.logger);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async rotateWhenKnown(): Promise<void> {
    const next = this.findPending();
    if (!next) clearInterval(this.timer);
    else if (this.clock.now() >= knownFrom(next)) await this.rotate();
  }

  private async rotate(): Promise<void> {
    try {
      await this.rotation.rotate({ force: false });
    } catch (error) {
      // Another instance was first, and this one has still to take it up.
      if (!(error instanceof KeyChangeError)) throw error;
    }
  }

  /** The key that is to sign in place of one of another algorithm. */
  private findPending(): StoredKey | undefined {
    const { jwtAlgorithm } = this.settings;
    return this.keys.current.alg === jwtAlgorithm ? undefined : find(this.keys.ring, 'next');
  }
}
