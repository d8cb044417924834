import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../../audit/audit-trail.js';
import { lockAgainstWrites, UnitOfWork } from '../../database/unit-of-work.js';
import { Clock } from '../../time/clock.js';
import { PasswordHasher } from '../password-hasher.js';
import { User } from '../user.entity.js';
import { KnownUsers } from './known-users.js';
import { RecordReader, type Entry, type Line, type Refusal } from './record-reader.js';
import { userFrom, type UserRecord } from './user-record.js';

const BATCH_LINES = 500;

export interface ImportOptions {
  /** Checks everything and writes nothing. */
  readonly dryRun: boolean;
  /** Ends at the first line that cannot be imported, with all before it imported; otherwise goes on after it. */
  readonly stopOnFault: boolean;
}

export interface ImportCounts {
  readonly lines: number;
  /** New users; in a dry run those that there would be. */
  readonly imported: number;
  /** Users that were there already. */
  readonly present: number;
  /** Lines that could not be imported. */
  readonly refused: number;
}

/** Told of an import while it goes on. */
export interface ImportObserver {
  refused(refusal: Refusal): void;
  progress(counts: ImportCounts): void;
}

interface Judged {
  readonly line: number;
  readonly record: UserRecord;
  readonly present: boolean;
}

type Outcome = Judged | Refusal;

/**
 * Takes users over from other systems. Each batch of lines is one unit of work, and a user who is there already is left
 * alone: so an import that was cut off anywhere is run again from the start.
 */
@Injectable()
export class UserImportService {
  constructor(
    private readonly known: KnownUsers,
    private readonly hasher: PasswordHasher,
    private readonly work: UnitOfWork,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError overloaded where the settings leave hashes no room to wait */
  async import(
    lines: AsyncIterable<Line>,
    options: ImportOptions,
    observer: ImportObserver,
  ): Promise<ImportCounts> {
    const reader = new RecordReader();
    let counts: ImportCounts = { lines: 0, imported: 0, present: 0, refused: 0 };
    for await (const batch of inBatches(lines)) {
      const entries: Entry[] = [];
      for (const line of batch) entries.push(await reader.read(line));
      const outcomes = await this.take(entries, options);
      for (const outcome of outcomes) if ('fault' in outcome) observer.refused(outcome);
      counts = add(counts, outcomes);
      observer.progress(counts);
      if (options.stopOnFault && counts.refused > 0) break;
    }
    return counts;
  }

  /**
   * Nobody registers between the second look and the writing. The first is for the hashes, which nobody should have to
   * wait for: a user who was there then is left alone.
   */
  private async take(entries: readonly Entry[], { dryRun, stopOnFault }: ImportOptions): Promise<Outcome[]> {
    const whole = stopOnFault ? upToFault : (outcomes: Outcome[]): Outcome[] => outcomes;
    const seen = whole(await this.judge(entries));
    if (dryRun || !seen.some(isNew)) return seen;
    const userOf = await this.prepare(seen.filter(isNew));
    return this.work.run(async (manager) => {
      await lockAgainstWrites(manager, User);
      const now = await this.judge(entries);
      const outcomes = whole(seen.map((before, index) => (isNew(before) ? (now[index] ?? before) : before)));
      await this.insert(manager, outcomes.filter(isNew), userOf);
      return outcomes;
    });
  }

  private async judge(entries: readonly Entry[]): Promise<Outcome[]> {
    const records = entries.flatMap((entry) => ('fault' in entry ? [] : [entry.record]));
    const standingOf = await this.known.lookUp(records);
    return entries.map((entry) => {
      if ('fault' in entry) return entry;
      const standing = standingOf(entry.record);
      return 'fault' in standing ? { line: entry.line, ...standing } : { ...entry, ...standing };
    });
  }

  private async prepare(judged: readonly Judged[]): Promise<Map<number, User>> {
    const users = new Map<number, User>();
    // One hash at a time: the service may be running beside this.
    for (const { line, record } of judged)
      users.set(line, userFrom(record, await this.hashOf(record), this.clock.now()));
    return users;
  }

  private async insert(
    manager: EntityManager,
    judged: readonly Judged[],
    userOf: ReadonlyMap<number, User>,
  ): Promise<void> {
    const [first, last] = [judged.at(0), judged.at(-1)];
    if (!first || !last) return;
    const users = judged.flatMap(({ line }) => userOf.get(line) ?? []);
    await manager.insert(User, users);
    await this.audit.record(manager, {
      type: 'users_imported',
      userId: null,
      details: { users: users.length, first_line: first.line, last_line: last.line },
    });
  }

  private async hashOf({ password_hash, password }: UserRecord): Promise<string> {
    return password_hash ?? this.hasher.hash(password ?? '');
  }
}

async function* inBatches(lines: AsyncIterable<Line>): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < BATCH_LINES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function upToFault(outcomes: Outcome[]): Outcome[] {
  const fault = outcomes.findIndex((outcome) => 'fault' in outcome);
  return fault === -1 ? outcomes : outcomes.slice(0, fault + 1);
}

function isNew(outcome: Outcome): outcome is Judged {
  return !('fault' in outcome) && !outcome.present;
}

function add(counts: ImportCounts, outcomes: readonly Outcome[]): ImportCounts {
  const imported = outcomes.filter(isNew).length;
  const refused = outcomes.filter((outcome) => 'fault' in outcome).length;
  return {
    lines: counts.lines + outcomes.length,
    imported: counts.imported + imported,
    present: counts.present + outcomes.length - imported - refused,
    refused: counts.refused + refused,
  };
}
