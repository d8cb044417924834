import { AuditVerifier } from '../audit/audit-verifier.js';
import type { Settings } from '../config/settings.js';
import { backUpSqlite } from '../database/back-up-sqlite.js';
import { DatabaseMove } from '../database/moving/database-move.js';
import { PostgresTarget } from '../database/moving/postgres-target.js';
import { SqliteSource } from '../database/moving/sqlite-source.js';
import { verifiedInWords } from './audit-commands.js';
import { CommandError } from './command-error.js';
import { MoveReport, movedInWords, nextInWords } from './move-report.js';

/** What the commands about the database do. They run without the service's parts, which write to it by themselves. */
export class DatabaseCommands {
  constructor(
    private readonly settings: Settings,
    private readonly print: (line: string) => void,
  ) {}

  /**
   * Carries everything from the SQLite database of `DATABASE_URL` to the PostgreSQL database of `MOVE_DATABASE_TO`.
   * @throws CommandError where the settings name no such databases, or the audit trail does not verify
   * @throws DatabaseMoveError where one of them cannot be used for it
   */
  async move(): Promise<void> {
    const source = await SqliteSource.open(this.requireSqliteFile());
    try {
      const target = await PostgresTarget.open(this.requirePostgres());
      try {
        await this.carryOver(source, target);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  }

  /**
   * Copies the SQLite database of `DATABASE_URL` to a new file, while the service runs or not.
   * @throws CommandError where the database is another
   * @throws BackupError where it cannot be read, or the file not be made
   */
  async backUp(file: string): Promise<void> {
    const { database } = this.settings;
    if (database.kind !== 'sqlite')
      throw new CommandError('PostgreSQL is backed up by pg_dump, see docs/operations.md.');
    const bytes = await backUpSqlite(this.requireSqliteFile(), file);
    this.print(`Backed the database up to ${file}, ${String(bytes)} bytes. The keys are another file.`);
  }

  private async carryOver(source: SqliteSource, target: PostgresTarget): Promise<void> {
    const report = new MoveReport(process.stderr);
    const move = new DatabaseMove(source, target, (progress) => {
      report.progress(progress);
    });
    this.print(movedInWords(await move.run()));
    // A trail that was broken before is so now: what was moved is told by then.
    this.print(verifiedInWords(await new AuditVerifier(target.work).verify()));
    this.print(nextInWords);
  }

  private requireSqliteFile(): string {
    const { database } = this.settings;
    if (database.kind !== 'sqlite' || database.path === ':memory:')
      throw new CommandError('DATABASE_URL must be sqlite:PATH.');
    return database.path;
  }

  private requirePostgres(): string {
    const { moveDatabaseTo } = this.settings;
    if (moveDatabaseTo === undefined)
      throw new CommandError('Set MOVE_DATABASE_TO to postgres://USER:PASSWORD@HOST/DATABASE.');
    return moveDatabaseTo;
  }
}
