import type { CarriedRow } from './carried-column.js';
import type { CarriedTable } from './carried-tables.js';
import { DatabaseMoveError } from './database-move-error.js';
import type { PostgresTarget } from './postgres-target.js';
import type { PlacedRow, SqliteSource } from './sqlite-source.js';

const ROWS_A_BATCH = 1000;

/** How far a move is in a table. */
export interface MoveProgress {
  readonly step: 'copied' | 'compared';
  readonly table: string;
  readonly rows: number;
  readonly of: number;
}

/** What a move has done with a table. */
export interface MovedTable {
  readonly name: string;
  readonly rows: number;
  /** Those of them that this run has copied. */
  readonly copied: number;
}

/** What of a table is there already. */
interface Found {
  readonly rows: number;
  /** The last place in the source of which the row is there: all before it are. */
  readonly lastPlace: number;
}

/**
 * Carries every row from SQLite to PostgreSQL, in batches that each hold by themselves. Rows are copied in the order of
 * the source, so what a run finds there is what an earlier one has copied, and it goes on after that.
 */
export class DatabaseMove {
  constructor(
    private readonly source: SqliteSource,
    private readonly target: PostgresTarget,
    private readonly tell: (progress: MoveProgress) => void,
  ) {}

  /**
   * Copies what is not there yet, then compares every row.
   * @throws DatabaseMoveError where the target holds anything but rows of the source; nothing is written then
   */
  async run(): Promise<MovedTable[]> {
    await this.emptyUnused();
    const found = await this.compareAll();
    await this.numberOn();
    const moved: MovedTable[] = [];
    for (const [table, there] of found) moved.push(await this.complete(table, there));
    if (moved.some(({ copied }) => copied > 0)) await this.compareAll();
    await this.requireSameCounts();
    return moved;
  }

  /** A database that nobody has used yet is as the migrations have left it, which is not without rows. */
  private async emptyUnused(): Promise<void> {
    const { tables } = this.source;
    for (const table of tables) if (!table.startsWithARow && !(await this.target.isEmpty(table))) return;
    for (const table of tables) if (table.startsWithARow) await this.target.empty(table);
  }

  private async compareAll(): Promise<Map<CarriedTable, Found>> {
    const found = new Map<CarriedTable, Found>();
    for (const table of this.source.tables) found.set(table, await this.compare(table));
    return found;
  }

  /** Holds every row of the target against the one of the source. */
  private async compare(table: CarriedTable): Promise<Found> {
    const of = await this.target.count(table);
    let rows = 0;
    let lastPlace = 0;
    let batch: CarriedRow[] = [];
    do {
      batch = await this.target.readAfter(table, keyOfLast(table, batch), ROWS_A_BATCH);
      const known =
        batch.length > 0
          ? await this.source.find(
              table,
              batch.map((row) => keyOf(table, row)),
            )
          : [];
      requireAllIn(table, batch, known);
      rows += batch.length;
      lastPlace = known.reduce((last, { place }) => Math.max(last, place), lastPlace);
      this.tell({ step: 'compared', table: table.name, rows, of });
    } while (batch.length === ROWS_A_BATCH);
    return { rows, lastPlace };
  }

  /** Before the last row is there, by which a later run would know that nothing is left to do. */
  private async numberOn(): Promise<void> {
    for (const table of this.source.tables)
      if (table.numbered !== undefined)
        await this.target.numberOnAfter(table, table.numbered, await this.source.highestNumber(table));
  }

  private async complete(table: CarriedTable, { rows, lastPlace }: Found): Promise<MovedTable> {
    const { name } = table;
    const of = await this.source.count(table);
    let [there, place] = [rows, lastPlace];
    while (there < of) {
      const batch = await this.source.readAfter(table, place, ROWS_A_BATCH);
      const last = batch.at(-1);
      // Fewer than there should be: the counts are compared at the end.
      if (!last) break;
      await this.target.insert(
        table,
        batch.map(({ row }) => row),
      );
      there += batch.length;
      place = last.place;
      this.tell({ step: 'copied', table: name, rows: there, of });
    }
    if (there > rows) await this.target.analyze(table);
    return { name, rows: of, copied: there - rows };
  }

  private async requireSameCounts(): Promise<void> {
    for (const table of this.source.tables) {
      const [there, due] = [await this.target.count(table), await this.source.count(table)];
      if (there !== due)
        throw new DatabaseMoveError(
          `${table.name} has ${String(there)} rows in PostgreSQL and ${String(due)} in SQLite. ${BEGIN_ANEW}`,
        );
    }
  }
}

const BEGIN_ANEW = 'Empty the PostgreSQL database, or make another, and move again.';

function keyOf({ columns, key }: CarriedTable, row: CarriedRow): CarriedRow {
  return key.map((name) => row[columns.findIndex((column) => column.name === name)] ?? null);
}

function keyOfLast(table: CarriedTable, rows: readonly CarriedRow[]): CarriedRow | undefined {
  const last = rows.at(-1);
  return last && keyOf(table, last);
}

function requireAllIn(
  { name }: CarriedTable,
  rows: readonly CarriedRow[],
  known: readonly PlacedRow[],
): void {
  const texts = new Set(known.map(({ row }) => JSON.stringify(row)));
  if (!rows.every((row) => texts.has(JSON.stringify(row))))
    throw new DatabaseMoveError(
      `The PostgreSQL database holds other data: ${name} has a row that the SQLite database does not have, or has otherwise. ${BEGIN_ANEW}`,
    );
}
