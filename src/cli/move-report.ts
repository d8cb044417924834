import type { MovedTable, MoveProgress } from '../database/moving/database-move.js';
import { Progress } from './progress.js';

/** Tells of the move of a database: on a stream while it goes on, and in words at its end. */
export class MoveReport {
  private readonly told: Progress;
  private part = '';

  constructor(output: { write(text: string): unknown }, now?: () => number) {
    this.told = new Progress(output, now);
  }

  progress({ step, table, rows, of }: MoveProgress): void {
    const part = `${table} ${step}`;
    if (part !== this.part) this.told.restart(rows);
    this.part = part;
    this.told.tell(rows, `${table}: ${String(rows)} of ${String(of)} rows ${step}`);
  }
}

/** What was moved, a line a table. */
export function movedInWords(moved: readonly MovedTable[]): string {
  const copied = moved.reduce((sum, table) => sum + table.copied, 0);
  const total = moved.reduce((sum, { rows }) => sum + rows, 0);
  const there = total - copied;
  return [
    ...moved.map(({ name, rows }) => `${name}: ${String(rows)} rows`),
    copied === 0
      ? `Nothing was left to do: all ${String(total)} rows are there, and each is as it is in SQLite.`
      : `${String(copied)} rows copied, ${String(there)} there already; each of the ${String(total)} was compared.`,
  ].join('\n');
}

export const nextInWords =
  'Next: set DATABASE_URL to what MOVE_DATABASE_TO is, keep JWT_KEYS_FILE, and start the service.';
