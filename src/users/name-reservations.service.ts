import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { In, IsNull, MoreThan, Not, type EntityManager } from 'typeorm';
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
    return this.reserve(manager, null, namesOf(user));
  }

  /**
   * Decides, after the write, whether a user may have these names: another unit may have freed one just before.
   * @throws AppError user_exists where one is reserved for somebody else
   */
  async rejectReserved(manager: EntityManager, userId: string, names: Names): Promise<void> {
    const taken = await this.findReserved(manager, namesOf(names), userId);
    if (taken.size > 0)
      throw new AppError('user_exists', { detail: 'the name is reserved for its former owner' });
  }

  /** Which of these names nobody but this user may take now. */
  async findReserved(
    manager: EntityManager,
    names: readonly string[],
    userId = '',
  ): Promise<ReadonlySet<string>> {
    if (names.length === 0) return new Set();
    const byDigest = new Map(names.map((name) => [digestOf(name), name]));
    const inForce = { digest: In([...byDigest.keys()]), expiresAt: MoreThan(this.clock.now()) };
    const where = [IsNull(), Not(userId)].map((owner) => ({ ...inForce, userId: owner }));
    const rows = await manager.findBy(ReservedName, where);
    return new Set(rows.flatMap(({ digest }) => byDigest.get(digest) ?? []));
  }

  private async reserve(
    manager: EntityManager,
    userId: string | null,
    names: readonly string[],
  ): Promise<void> {
    if (names.length === 0) return;
    const now = this.clock.now();
    const expiresAt = addSeconds(now, this.settings.accessTokenTtl);
    const rows = names.map((name) => ({ digest: digestOf(name), userId, expiresAt }));
    await manager.upsert(ReservedName, rows, ['digest']);
    await deleteSomeExpired(manager, ReservedName, 'digest', now);
  }
}

function namesOf({ usernameFolded, emailFolded }: Names): string[] {
  return [usernameFolded, emailFolded].filter((name) => name != null);
}

function digestOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
