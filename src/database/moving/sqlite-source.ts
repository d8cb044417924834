import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { entities } from '../entities.js';
import { migrations } from '../migrations/migrations.js';
import type { CarriedRow } from './carried-column.js';
import { carriedTables, type CarriedTable } from './carried-tables.js';
import { DatabaseMoveError } from './database-move-error.js';
import { schemaStateOf } from './schema-state.js';

/** For a command that is about to end. */
const WAITS_MS = 2000;

/** A row and its place among those of its table: rows are added at the end. */
export interface PlacedRow {
  readonly place: number;
  readonly row: CarriedRow;
}

type RawRow = Record<string, unknown>;

/**
 * The database that is moved, read only. Nobody else can open it meanwhile, and it cannot be opened while anybody else
 * has it open: so whatever was answered is in it, and nothing is added that would be left behind.
 */
export class SqliteSource {
  readonly tables: readonly CarriedTable[];

  private constructor(private readonly dataSource: DataSource) {
    this.tables = carriedTables(dataSource);
  }

  /** @throws DatabaseMoveError where it is not there, in use, or of another version */
  static async open(path: string): Promise<SqliteSource> {
    if (!existsSync(path)) throw new DatabaseMoveError(`There is no database at ${path}.`);
    const dataSource = await openAlone(path);
    try {
      await requireSameSchema(dataSource, path);
      return new SqliteSource(dataSource);
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
  }

  async count({ name }: CarriedTable): Promise<number> {
    const [found] = await this.query<{ rows: number }>(`SELECT count(*) AS rows FROM "${name}"`);
    return Number(found?.rows);
  }

  /** The rows after a place, in order. */
  async readAfter(table: CarriedTable, place: number, limit: number): Promise<PlacedRow[]> {
    const rows = await this.query(
      `SELECT ${selection(table)} FROM "${table.name}" WHERE rowid > ? ORDER BY rowid LIMIT ?`,
      [place, limit],
    );
    return rows.map((raw) => placed(table, raw));
  }

  /** Those of the given keys that there are. */
  async find(table: CarriedTable, keys: readonly CarriedRow[]): Promise<PlacedRow[]> {
    const places = keys.map((key) => `(${key.map(() => '?').join(', ')})`).join(', ');
    const rows = await this.query(
      `SELECT ${selection(table)} FROM "${table.name}" WHERE (${table.key.join(', ')}) IN (VALUES ${places})`,
      keys.flat(),
    );
    return rows.map((raw) => placed(table, raw));
  }

  /** The highest number that was ever given out, 0 where none was. A row that had it may be deleted since. */
  async highestNumber({ name }: CarriedTable): Promise<number> {
    const [found] = await this.query<{ seq: number }>('SELECT seq FROM sqlite_sequence WHERE name = ?', [
      name,
    ]);
    return found?.seq ?? 0;
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  private query<Row = RawRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }
}

// In this locking mode SQLite asks for the file as a whole, which every connection in WAL mode holds a share of for as
// long as it is open, an idle one too. It has to be set before the file is looked at, as switching WAL on would.
async function openAlone(path: string): Promise<DataSource> {
  const dataSource = await new DataSource({
    type: 'sqlite',
    database: path,
    busyTimeout: WAITS_MS,
    entities,
    migrations,
  }).initialize();
  try {
    await dataSource.query('PRAGMA locking_mode = EXCLUSIVE');
    await dataSource.query('BEGIN EXCLUSIVE');
    await dataSource.query('COMMIT');
    await dataSource.query('PRAGMA query_only = ON');
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw explainUnreadable(error, path);
  }
}

async function requireSameSchema(dataSource: DataSource, path: string): Promise<void> {
  switch (await schemaStateOf(dataSource)) {
    case 'none':
      throw new DatabaseMoveError(`${path} holds no data of a Gatehouse.`);
    case 'older':
      throw new DatabaseMoveError(
        `${path} is of an older version: start the service on it once, and stop it.`,
      );
    case 'foreign':
      throw new DatabaseMoveError(`${path} is of a newer version than this one: move with that one.`);
    case 'same':
  }
}

function explainUnreadable(error: unknown, path: string): unknown {
  const { code } = error as { code?: string };
  if (code === 'SQLITE_BUSY')
    return new DatabaseMoveError(
      `${path} is in use. Stop the service and every other command first: what they write would be left behind.`,
    );
  if (code === 'SQLITE_NOTADB') return new DatabaseMoveError(`${path} is no SQLite database.`);
  return error;
}

function selection({ columns }: CarriedTable): string {
  return ['rowid AS place', ...columns.map(({ name }) => `"${name}"`)].join(', ');
}

function placed({ columns }: CarriedTable, raw: RawRow): PlacedRow {
  return { place: Number(raw['place']), row: columns.map(({ name, read }) => read(raw[name])) };
}
