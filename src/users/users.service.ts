import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager, FindOptionsWhere } from 'typeorm';
import type { Role } from '../access/role.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../errors/app-error.js';
import { Extensions } from '../extensions/extensions.js';
import { Clock, latest } from '../time/clock.js';
import { byLogin, emailColumns, hasNames } from './folded-columns.js';
import { fold } from './fold.js';
import { findLocked } from './lock-user.js';
import { NameReservations } from './name-reservations.service.js';
import {
  provenUser,
  selectStoredPassword,
  type PasswordCheck,
  type ProvenUser,
  type StoredPassword,
} from './password-check.js';
import { PasswordHasher } from './password-hasher.js';
import { rejectOwned, rejectTaken } from './reject-taken.js';
import { requireThere } from './require-there.js';
import { User } from './user.entity.js';

interface NewUser {
  readonly username: string;
  readonly passwordHash: string;
  readonly email?: string | null | undefined;
  readonly roles?: readonly Role[];
}

/** What changes of an account; an email of null is none. */
export type AccountChange = Partial<Pick<User, 'roles' | 'disabled' | 'email'>>;

/** Who people are: creates, finds and changes accounts. Knows nothing of tokens. */
@Injectable()
export class UsersService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly hasher: PasswordHasher,
    private readonly reservations: NameReservations,
    private readonly extensions: Extensions,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates an account. The password's hash comes from `NewPasswordsService`.
   * @throws AppError user_exists, whatever the case it is spelled in.
   */
  async create({ username, passwordHash, email = null, roles = ['user'] }: NewUser): Promise<User> {
    const now = this.clock.now();
    const user: User = {
      id: randomUUID(),
      username,
      usernameFolded: fold(username),
      ...emailColumns(email),
      passwordHash,
      importedFrom: null,
      passwordChangedAt: now,
      roles: [...roles],
      disabled: false,
      createdAt: now,
      updatedAt: now,
    };
    await this.work.run(async (manager) => {
      await manager.insert(User, user).catch(rejectTaken);
      await this.reservations.rejectReserved(manager, user.id, user);
    });
    return user;
  }

  /** @throws AppError token_revoked where the user is gone. */
  async require(id: string): Promise<User> {
    return requireThere(await this.find(id));
  }

  find(id: string): Promise<User | null> {
    return this.findBy({ id });
  }

  findByUsername(username: string): Promise<User | null> {
    return this.findBy({ usernameFolded: fold(username) });
  }

  /** @param email compared without case */
  findByEmail(email: string): Promise<User | null> {
    return this.findBy({ emailFolded: fold(email) });
  }

  /** @param login the username or the email address, compared without case, or what the application takes for one */
  async findByLogin(login: string): Promise<User | null> {
    return this.findBy(byLogin(await this.loginName(login)));
  }

  /**
   * Tries a password on the account with this username or email, compared without case.
   * @returns for an unknown login the same as for a wrong password but the id, after the same work.
   * @throws AppError overloaded
   */
  async checkCredentials(login: string, password: string): Promise<PasswordCheck> {
    this.hasher.requireRoom();
    return this.check(byLogin(await this.loginName(login)), password);
  }

  /** Tries a password on the account with this id. @throws AppError overloaded */
  checkPassword(id: string, password: string): Promise<PasswordCheck> {
    return this.check({ id }, password);
  }

  /**
   * Loads the user again and holds the row until the open unit of work ends, so that a session can start only from a
   * password that still counts.
   * @throws AppError invalid_credentials where the password was changed meanwhile, or the user is gone.
   */
  async requireUnchanged(manager: EntityManager, user: ProvenUser): Promise<User> {
    const now = await findLocked(manager, user.id);
    if (now?.passwordChangedAt.getTime() !== user.passwordChangedAt.getTime())
      throw new AppError('invalid_credentials');
    return now;
  }

  /** Sets another password. The time of it moves on whatever the clock says, as {@link requireUnchanged} compares it. */
  setPasswordHash({ id, passwordChangedAt }: User, passwordHash: string): Promise<void> {
    const later = new Date(passwordChangedAt.getTime() + 1);
    return this.change(id, { passwordHash, passwordChangedAt: latest(this.clock.now(), later) });
  }

  /** @throws AppError user_exists */
  setUsername(id: string, username: string): Promise<void> {
    return this.change(id, { username, usernameFolded: fold(username) }).catch(rejectTaken);
  }

  /** Sets the address, or none, and forgets the one that was to come. @throws AppError user_exists */
  setEmail(id: string, email: string | null, emailVerified = false): Promise<void> {
    return this.change(id, emailColumns(email, emailVerified)).catch(rejectTaken);
  }

  /** Notes an address that is to be verified first. @throws AppError user_exists where somebody has it already */
  async setPendingEmail(id: string, pendingEmail: string): Promise<void> {
    const owner = await this.findByEmail(pendingEmail);
    if (owner && owner.id !== id) throw new AppError('user_exists');
    await this.change(id, { pendingEmail });
  }

  /** Keeps the address in force. */
  cancelPendingEmail(id: string): Promise<void> {
    return this.change(id, { pendingEmail: null });
  }

  /** A new email address counts as unverified. @throws AppError user_exists where it is somebody else's. */
  async apply(id: string, { email, ...columns }: AccountChange): Promise<void> {
    const address = email === undefined ? {} : emailColumns(email);
    await this.change(id, { ...columns, ...address }).catch(rejectTaken);
  }

  /** Deletes the row, and by the foreign keys whatever belongs to it. Nobody can take the names at once. */
  erase(user: User): Promise<void> {
    return this.work.run(async (manager) => {
      await manager.delete(User, { id: user.id });
      await this.reservations.reserveAll(manager, user);
    });
  }

  private async loginName(typed: string): Promise<string> {
    return (await this.extensions.loginName?.(typed.trim())) ?? typed.trim();
  }

  private findBy(where: FindOptionsWhere<User>): Promise<User | null> {
    return this.work.read((manager) => manager.findOneBy(User, where));
  }

  private change(id: string, columns: Partial<User>): Promise<void> {
    return this.work.run(async (manager) => {
      const before = hasNames(columns) && (await manager.findOneBy(User, { id }));
      await rejectOwned(manager, id, columns);
      await manager.update(User, { id }, { ...columns, updatedAt: this.clock.now() });
      if (!before) return;
      await this.reservations.reserveFreed(manager, before, columns);
      await this.reservations.rejectReserved(manager, id, columns);
    });
  }

  private async check(where: Partial<User>, password: string): Promise<PasswordCheck> {
    const stored = await this.work.read((manager) =>
      selectStoredPassword(manager.createQueryBuilder(User, 'user')).where(where).getRawOne<StoredPassword>(),
    );
    const right = await this.hasher.verify(password, stored?.hash);
    if (!stored || !right) return { userId: stored?.id ?? null, user: null };
    if (this.hasher.isOutdated(stored.hash)) await this.renewHash(stored, password);
    return { userId: stored.id, user: provenUser(stored) };
  }

  private async renewHash({ id, hash: outdated }: StoredPassword, password: string): Promise<void> {
    const passwordHash = await this.hasher.hash(password);
    await this.work.runStatement((manager) =>
      manager.update(User, { id, passwordHash: outdated }, { passwordHash }),
    );
  }
}
