import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { In } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { requireThere } from './require-there.js';
import { User } from './user.entity.js';

const MOST_AT_ONCE = 100;

/** Reads users as they are stored, with one statement for all who are asked for in the same turn of the event loop. */
@Injectable()
export class UserReader {
  private readonly users: DataLoader<string, User | undefined>;

  constructor(private readonly work: UnitOfWork) {
    // Nothing is kept: who asks later reads again.
    this.users = new DataLoader((ids) => this.load(ids), {
      cache: false,
      maxBatchSize: MOST_AT_ONCE,
      batchScheduleFn: setImmediate,
    });
  }

  /** @throws AppError token_revoked where the user is gone. */
  async require(id: string): Promise<Readonly<User>> {
    return requireThere(await this.users.load(id));
  }

  /** Whether somebody has an account by this id. */
  async isThere(id: string): Promise<boolean> {
    return (await this.users.load(id)) !== undefined;
  }

  private async load(ids: readonly string[]): Promise<(User | undefined)[]> {
    const id = In([...new Set(ids)]);
    const found = await this.work.read((manager) => manager.findBy(User, { id }));
    const byId = new Map(found.map((user) => [user.id, user]));
    return ids.map((each) => byId.get(each));
  }
}
