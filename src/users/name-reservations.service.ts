import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { In, MoreThan, type EntityManager } from 'typeorm';
import { Settings } from '../config/settings.js';
import { deleteSomeExpired } from '../database/delete-expired.js';
import { AppError } from '../errors/app-error.js';
import { addSeconds, Clock } from '../time/clock.js';
import { ReservedName } from './reserved-name.entity.js';
import type { User } from './user.entity.js';

type Names = Partial<Pick<User, 'usernameFolded' | 'emailFolded'>>;

/**
 * Keeps a freed username or address from others for as long as an access token can live that names it: a service that
 * goes by the name would take one person for another.
 */
@Injectable()
export class NameReservations {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Reserves what a user gives up by a change of these names. */
  async reserveFreed(manager: EntityManager, before: User, change: Names): Promise<void> {
    const { usernameFolded = before.usernameFolded, emailFolded = before.emailFolded } = change;
    const kept = namesOf({ usernameFolded, emailFolded });
    const freed = namesOf(before).filter((name) => !kept.includes(name));
    await this.reserve(manager, before.id, freed);
  }

  /** Reserves all names of a user whose account is deleted. */
  reserveAll(manager: EntityManager, user: User): Promise<void> {
    return this.reserve(manager, user.id, namesOf(user));
  }

  /**
   * Decides, after the write, whether a user may have these names: another unit may have freed one just before.
   * @throws AppError user_exists where one is reserved for somebody else
   */
  async rejectReserved(manager: EntityManager, userId: string, names: Names): Promise<void> {
    const isReserved = await this.findReserved(manager, namesOf(names));
    if (namesOf(names).some((name) => isReserved(name, userId)))
      throw new AppError('user_exists', { detail: 'the name is reserved for its former owner' });
  }

  /** Looks up which of these names are reserved. @returns whether one is, for anybody but the user with an id */
  async findReserved(
    manager: EntityManager,
    names: readonly string[],
  ): Promise<(name: string, userId?: string) => boolean> {
    const where = { digest: In(names.map(digestOf)), expiresAt: MoreThan(this.clock.now()) };
    const rows = names.length === 0 ? [] : await manager.findBy(ReservedName, where);
    const owners = new Map(rows.map(({ digest, ownerDigest }) => [digest, ownerDigest]));
    return (name, userId = '') => {
      const owner = owners.get(digestOf(name));
      return owner !== undefined && owner !== digestOf(userId);
    };
  }

  private async reserve(manager: EntityManager, userId: string, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const now = this.clock.now();
    const expiresAt = addSeconds(now, this.settings.accessTokenTtl);
    const ownerDigest = digestOf(userId);
    const rows = names.map((name) => ({ digest: digestOf(name), ownerDigest, expiresAt }));
    await manager.upsert(ReservedName, rows, ['digest']);
    await deleteSomeExpired(manager, ReservedName, 'digest', now);
  }
}

function namesOf({ usernameFolded, emailFolded }: Names): string[] {
  return [usernameFolded, emailFolded].filter((name) => name != null);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
