import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { fold } from '../fold.js';
import { NameReservations } from '../name-reservations.service.js';
import { User } from '../user.entity.js';
import { originOf, type UserRecord } from './user-record.js';

/** Whether a record is of a user who is there already, or why it cannot be of any. */
export type Standing = { readonly present: boolean } | { readonly fault: string };

/** Compares the records of an import with the users in the database. */
@Injectable()
export class KnownUsers {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reservations: NameReservations,
  ) {}

  /** Looks up, at once, all that these records may be of. @returns how each of them stands to it */
  async lookUp(records: readonly UserRecord[]): Promise<(record: UserRecord) => Standing> {
    const found = await this.find(records);
    const byId = new Map(found.map((user) => [user.id, user]));
    const byName = new Map(found.map((user) => [user.usernameFolded, user]));
    const byEmail = new Map(found.map((user) => [user.emailFolded, user]));
    const isReserved = await this.findReserved(records);
    return (record) => {
      const user = byName.get(fold(record.username));
      if (user) return standing(record, user);
      if (byId.has(idOf(record) ?? '')) return { fault: 'id is that of another user' };
      if (byEmail.has(emailOf(record) ?? '')) return { fault: 'email is that of another user' };
      if (namesOf(record).some((name) => isReserved(name, idOf(record))))
        return { fault: 'username or email was given up a moment ago: import it again later' };
      return { present: false };
    };
  }

  private findReserved(records: readonly UserRecord[]): Promise<(name: string, userId?: string) => boolean> {
    return this.work.read((manager) => this.reservations.findReserved(manager, records.flatMap(namesOf)));
  }

  private find(records: readonly UserRecord[]): Promise<User[]> {
    return this.work.read((manager) =>
      manager
        .createQueryBuilder(User, 'user')
        .addSelect(['user.passwordHash', 'user.importedFrom'])
        .where({ usernameFolded: In(records.map(({ username }) => fold(username))) })
        .orWhere({ emailFolded: In(records.map(emailOf).filter((email) => email !== undefined)) })
        .orWhere({ id: In(records.map(idOf).filter((id) => id !== undefined)) })
        .getMany(),
    );
  }
}

/** A record is of the user whose name it has, if it says nothing else of them; their password may have changed here since. */
function standing(record: UserRecord, user: User): Standing {
  const [id, email] = [idOf(record), emailOf(record)];
  if (id !== undefined && id !== user.id) return { fault: 'username is that of a user with another id' };
  if (email !== undefined && email !== user.emailFolded)
    return { fault: 'username is that of a user with another email' };
  const sameHash = record.password_hash === user.passwordHash;
  if (!sameHash && originOf(record) !== user.importedFrom)
    return { fault: 'username is that of a user with another password' };
  return { present: true };
}

function idOf({ id }: UserRecord): string | undefined {
  return id?.toLowerCase();
}

function emailOf({ email }: UserRecord): string | undefined {
  return email == null ? undefined : fold(email);
}

function namesOf(record: UserRecord): string[] {
  return [fold(record.username), emailOf(record)].filter((name) => name !== undefined);
}
