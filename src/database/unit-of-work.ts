import { Injectable } from '@nestjs/common';
import { Mutex } from 'async-mutex';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { Ambient } from '../ambient/ambient.js';
import { MAX_BATCH_ROWS } from './batches.js';
import { GroupCommit } from './group-commit.js';

/** Any number, as long as nobody else on the database takes the same for a lock of theirs. */
const ALONE = 7_117_002;

/** Before the priority that the others wait with. */
const NEXT = 1;

type Work<T> = (manager: EntityManager) => Promise<T>;

/**
 * Thrown in a unit that would take too long: while it goes on, nobody else can write to SQLite. The unit is rolled back,
 * the step is done in units of its own, and the unit runs again, where {@link UnitOfWork.resultOf} has what the step
 * returned.
 */
export class DoFirst extends Error {
  constructor(
    /** Names the step, for the unit that runs again. */
    readonly key: string,
    readonly step: () => Promise<unknown>,
  ) {
    super(`${key} has to be done in several units of work`);
  }
}

interface OpenUnit {
  readonly manager: EntityManager;
  /** What the steps returned that had to be done first, by their key. */
  readonly done: ReadonlyMap<string, unknown>;
  readonly beforeCommit: (() => Promise<void>)[];
  readonly afterCommit: (() => void | Promise<void>)[];
}

/**
 * The one door for writes.
 *
 * TypeORM has one SQLite connection for the whole process: two transactions that overlap would become one, and a
 * plain write that falls between them would be rolled back with them. So on SQLite one writer goes at a time, and those
 * that wait together share a commit ({@link GroupCommit}); on PostgreSQL each unit is an ordinary transaction.
 */
@Injectable()
export class UnitOfWork {
  private readonly turn = new Mutex();
  private readonly open = new Ambient<OpenUnit>();
  private readonly group: GroupCommit;

  constructor(private readonly dataSource: DataSource) {
    this.group = new GroupCommit(this.turn, dataSource);
  }

  /** Runs several statements as one: all of them hold, or none. Joins the unit that is already open, if one is. */
  async run<T>(work: Work<T>): Promise<T> {
    const open = this.open.get();
    return open ? work(open.manager) : this.runUnit(work, new Map());
  }

  /**
   * Runs a step in a unit of its own, again and again, until it has changed less than a full batch. Other units can run
   * in between.
   * @param step returns how many rows it has changed, {@link MAX_BATCH_ROWS} at most
   */
  async runInBatches(step: Work<number>): Promise<void> {
    while ((await this.run(step)) === MAX_BATCH_ROWS);
  }

  /** As {@link run}, and one at a time among all the processes on this database, whatever they write. */
  runAlone<T>(work: Work<T>): Promise<T> {
    return this.run(async (manager) => {
      if (!this.isSqlite()) await manager.query('SELECT pg_advisory_xact_lock($1)', [ALONE]);
      return work(manager);
    });
  }

  /** Reads, within the open unit of work where there is one: it sees what the unit has written. Waits for no writer. */
  read<T>(statement: Work<T>): Promise<T> {
    return statement(this.open.get()?.manager ?? this.dataSource.manager);
  }

  /** Runs one statement, which is whole by itself and needs no transaction around it. */
  runStatement<T>(statement: Work<T>): Promise<T> {
    const open = this.open.get();
    return open ? statement(open.manager) : this.inTurn(() => statement(this.dataSource.manager));
  }

  /** As {@link runStatement}, and before all that wait for their turn on SQLite: for the few that many wait for. */
  runNext<T>(statement: Work<T>): Promise<T> {
    return this.inTurn(() => statement(this.dataSource.manager), NEXT);
  }

  /**
   * Does something as the last part of the unit, in the order asked for: what takes a lock that all units take must take
   * it after every other, or two units could wait for each other. Not done if the unit fails before.
   */
  beforeCommit(step: () => Promise<void>): void {
    this.requireOpen('beforeCommit').beforeCommit.push(step);
  }

  /** Does something once what the unit wrote is durable, and before the unit returns; not at all if the unit fails. */
  afterCommit(step: () => void | Promise<void>): void {
    this.requireOpen('afterCommit').afterCommit.push(step);
  }

  /** What the step with this key returned, where the open unit runs again after a {@link DoFirst}. */
  resultOf(key: string): unknown {
    return this.open.get()?.done.get(key);
  }

  private async runUnit<T>(work: Work<T>, done: ReadonlyMap<string, unknown>): Promise<T> {
    const afterCommit: OpenUnit['afterCommit'] = [];
    try {
      const result = await this.transaction((manager) => {
        const unit = { manager, done, beforeCommit: [], afterCommit };
        return this.open.run(unit, () => finish(unit, work));
      });
      await Promise.all(afterCommit.map(async (step) => step()));
      return result;
    } catch (error) {
      if (!(error instanceof DoFirst)) throw error;
      return this.runUnit(work, new Map([...done, [error.key, await error.step()]]));
    }
  }

  private requireOpen(what: string): OpenUnit {
    const open = this.open.get();
    if (!open) throw new Error(`${what} needs an open unit of work`);
    return open;
  }

  private transaction<T>(work: Work<T>): Promise<T> {
    return this.isSqlite() ? this.group.run(work) : this.dataSource.transaction(work);
  }

  private inTurn<T>(write: () => Promise<T>, priority = 0): Promise<T> {
    return this.isSqlite() ? this.turn.runExclusive(write, priority) : write();
  }

  private isSqlite(): boolean {
    return this.dataSource.options.type === 'sqlite';
  }
}

async function finish<T>(unit: OpenUnit, work: Work<T>): Promise<T> {
  const result = await work(unit.manager);
  for (const step of unit.beforeCommit) await step();
  return result;
}

/** Row locks for a `find` that a write in the same unit follows. SQLite needs none: there one unit goes at a time. */
export function lockForUpdate(manager: EntityManager): { lock?: { mode: 'pessimistic_write' } } {
  return manager.connection.options.type === 'sqlite' ? {} : { lock: { mode: 'pessimistic_write' } };
}

/** Nobody else writes to this table until the unit ends; who only reads it goes on. To be taken before any row lock. */
export async function lockAgainstWrites(
  manager: EntityManager,
  entity: EntityTarget<ObjectLiteral>,
): Promise<void> {
  if (manager.connection.options.type === 'sqlite') return;
  const { tablePath } = manager.connection.getMetadata(entity);
  await manager.query(`LOCK TABLE ${tablePath} IN SHARE ROW EXCLUSIVE MODE`);
}
