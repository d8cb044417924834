import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { deleteSomeExpired } from '../../database/delete-expired.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AppError } from '../../errors/app-error.js';
import { addSeconds, Clock } from '../../time/clock.js';
import { OneTimeToken, type Purpose } from './one-time-token.entity.js';

const TOKEN_BYTES = 32;

type Subject = Pick<OneTimeToken, 'userId' | 'purpose' | 'email'>;

/** Tokens that are mailed: 256 random bits, good once and for `ONE_TIME_TOKEN_TTL`, kept as a digest alone. */
@Injectable()
export class OneTimeTokensService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Makes a token, in place of an older one of this purpose; in the unit of work that sends it. */
  async issue(manager: EntityManager, subject: Subject): Promise<string> {
    const now = this.clock.now();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = addSeconds(now, this.settings.oneTimeTokenTtl);
    const row = { ...subject, digest: digestOf(token), expiresAt };
    await manager.upsert(OneTimeToken, row, ['userId', 'purpose']);
    await deleteSomeExpired(manager, OneTimeToken, 'digest', now);
    return token;
  }

  /** What a token is for, before it is spent. @throws AppError one_time_token_invalid */
  require(token: string, purpose: Purpose): Promise<OneTimeToken> {
    return this.work.read((manager) => this.load(manager, token, purpose));
  }

  /** Spends a token: of racing requests one gets it. @throws AppError one_time_token_invalid */
  async spend(manager: EntityManager, token: string, purpose: Purpose): Promise<OneTimeToken> {
    const row = await this.load(manager, token, purpose);
    const { affected } = await manager.delete(OneTimeToken, { digest: row.digest });
    if (affected !== 1) throw new AppError('one_time_token_invalid');
    return row;
  }

  /** What was mailed to an address that is not the user's any more must open nothing. */
  async revoke(manager: EntityManager, userId: string, purpose: Purpose): Promise<void> {
    await manager.delete(OneTimeToken, { userId, purpose });
  }

  /** Revokes the tokens of a user, whatever they are for. */
  async revokeAll(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(OneTimeToken, { userId });
  }

  private async load(manager: EntityManager, token: string, purpose: Purpose): Promise<OneTimeToken> {
    const row = await manager.findOneBy(OneTimeToken, { digest: digestOf(token), purpose });
    if (!row || row.expiresAt <= this.clock.now()) throw new AppError('one_time_token_invalid');
    return row;
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
