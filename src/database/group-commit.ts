import type { Mutex } from 'async-mutex';
import { AsyncResource } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** How long units go on joining a transaction that others wait for the end of. */
const JOINED_FOR_MS = 20;

type Work<T> = (manager: EntityManager) => Promise<T>;

interface Member {
  /** In the context of whoever asked for it. */
  readonly work: Work<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs units one after another, and those that wait together in one transaction: to reach the disk takes a commit longer
 * than most units. Each can fail alone. How one ended, also one that failed, nobody learns before all that it may have
 * seen is durable; where the commit fails, all fail.
 */
export class GroupCommit {
  private readonly waiting: Member[] = [];
  private isGoing = false;

  /** @param turn is taken for a transaction at a time, as the connection is one */
  constructor(
    private readonly turn: Mutex,
    private readonly dataSource: DataSource,
  ) {}

  /** Runs a unit. Returns once what it wrote is durable. */
  run<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        work: AsyncResource.bind(work),
        resolve: resolve as Member['resolve'],
        reject,
      });
      void this.goOn();
    });
  }

  private async goOn(): Promise<void> {
    if (this.isGoing) return;
    this.isGoing = true;
    while (this.waiting.length > 0)
      await this.turn.runExclusive(() => this.runGroup(this.dataSource.createQueryRunner()));
    this.isGoing = false;
  }

  /** Never throws: whoever waits is told. */
  private async runGroup(runner: QueryRunner): Promise<void> {
    const group: Member[] = [];
    try {
      await this.begin(runner, group);
      const tell = await this.runMembers(runner, group);
      await runner.query('COMMIT');
      for (const member of tell) member();
    } catch (error) {
      // SQLite has already rolled back where the disk is full: what is told is the first error.
      await runner.query('ROLLBACK').catch(() => undefined);
      for (const { reject } of group) reject(error);
    }
  }

  /**
   * TypeORM's BEGIN takes no lock. The first write would have to, and where a plain read of the same connection came in
   * between, SQLite refuses at once instead of waiting while another process (the command line) writes.
   */
  private async begin(runner: QueryRunner, group: Member[]): Promise<void> {
    const patient = this.waiting.length;
    try {
      await runner.query('BEGIN IMMEDIATE');
    } catch (error) {
      // They have waited as long as a writer may; who came later has not.
      group.push(...this.waiting.splice(0, patient));
      throw error;
    }
  }

  private async runMembers(runner: QueryRunner, group: Member[]): Promise<(() => void)[]> {
    const tell: (() => void)[] = [];
    const until = performance.now() + JOINED_FOR_MS;
    do {
      const member = this.waiting.shift();
      if (!member) break;
      group.push(member);
      tell.push(await (group.length === 1 ? runFirst : runApart)(runner, member));
    } while (performance.now() < until);
    return tell;
  }
}

/** Needs no savepoint: where it fails, the transaction ends, and nobody else has begun. */
async function runFirst({ manager }: QueryRunner, { work, resolve }: Member): Promise<() => void> {
  const result = await work(manager);
  return () => {
    resolve(result);
  };
}

async function runApart(runner: QueryRunner, { work, resolve, reject }: Member): Promise<() => void> {
  await runner.query('SAVEPOINT unit');
  try {
    const result = await work(runner.manager);
    await runner.query('RELEASE unit');
    return () => {
      resolve(result);
    };
  } catch (error) {
    // Where SQLite has rolled back everything, the savepoint is gone too, and with it what the others wrote.
    await runner.query('ROLLBACK TO unit').catch(() => Promise.reject(error as Error));
    await runner.query('RELEASE unit');
    return () => {
      reject(error);
    };
  }
}
