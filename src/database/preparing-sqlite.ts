import sqlite3 from 'sqlite3';
import { IdleStatements } from './idle-statements.js';

/** More than the service has in use; lists of many lengths make more. */
const KEPT = 200;

/** Statements that change no schema and no setting, and come again: none that a moment or a number is written into. */
const KEEPABLE =
  /^(?:\/\* rows \*\/ )?(?:SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)\b(?!.*\b\d{5,}\b)/s;

type Callback = (this: sqlite3.RunResult, error: Error | null, rows: never[]) => void;

/**
 * A connection that prepares a statement once. The package prepares it each time it is run, which takes as long as
 * running it.
 */
class PreparingDatabase extends sqlite3.Database {
  private readonly idle = new IdleStatements(KEPT);

  override run(sql: string, ...rest: unknown[]): this {
    return this.runKept(sql, rest, 'run') ? this : super.run(sql, ...rest);
  }

  override all(sql: string, ...rest: unknown[]): this {
    return this.runKept(sql, rest, 'all') ? this : super.all(sql, ...rest);
  }

  override close(callback?: (error: Error | null) => void): void {
    this.idle.close();
    super.close(callback);
  }

  /** @returns false for what is not to be kept */
  private runKept(sql: string, [parameters, callback]: unknown[], method: 'run' | 'all'): boolean {
    if (typeof callback !== 'function') return false;
    const known = this.idle.take(sql);
    if (!known && !KEEPABLE.test(sql)) return false;
    const then = callback as Callback;
    // What cannot be prepared is never run: only here is it told.
    const statement =
      known ??
      this.prepare(sql, (error) => {
        if (error) then.call(statement as sqlite3.RunResult, error, []);
      });
    const { idle } = this;
    statement[method](
      parameters ?? [],
      function (this: sqlite3.RunResult, error: Error | null, rows: never[]) {
        // One that has failed may hold what it has locked until it is gone.
        if (error) statement.finalize();
        else idle.putBack(sql, statement);
        then.call(this, error, rows);
      },
    );
    return true;
  }
}

/**
 * The sqlite3 package as TypeORM takes it, with statements that are kept. TypeORM asks for its `verbose` mode, which takes
 * a stack trace of every call in case it fails; here that costs more than it tells, as all calls are TypeORM's own.
 */
export const preparingSqlite = {
  ...sqlite3,
  Database: PreparingDatabase,
  verbose() {
    return preparingSqlite;
  },
};
