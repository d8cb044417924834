import type { Statement } from 'sqlite3';

/**
 * Prepared statements that wait to be run again. Who takes one has it alone until it is put back: a statement is either
 * here or under way, and so finalized once.
 */
export class IdleStatements {
  /** By their text, the one put back last at the end. */
  private readonly byText = new Map<string, Statement[]>();
  private count = 0;
  private isClosed = false;

  /** @param limit how many are kept; whatever is more goes, the one used longest ago first */
  constructor(private readonly limit: number) {}

  take(sql: string): Statement | undefined {
    const statement = this.byText.get(sql)?.pop();
    if (statement) this.count--;
    return statement;
  }

  putBack(sql: string, statement: Statement): void {
    if (this.isClosed) {
      statement.finalize();
      return;
    }
    const alike = this.byText.get(sql) ?? [];
    alike.push(statement);
    this.byText.delete(sql);
    this.byText.set(sql, alike);
    this.count++;
    while (this.count > this.limit) this.dropOldest();
  }

  /** Finalizes all, and from now on whatever is put back. */
  close(): void {
    this.isClosed = true;
    for (const statements of this.byText.values()) for (const statement of statements) statement.finalize();
    this.byText.clear();
  }

  private dropOldest(): void {
    const [oldest] = this.byText;
    if (!oldest) return;
    const [sql, statements] = oldest;
    const statement = statements.shift();
    if (statement) {
      statement.finalize();
      this.count--;
    }
    if (statements.length === 0) this.byText.delete(sql);
  }
}
