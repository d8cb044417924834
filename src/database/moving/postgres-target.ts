import { DataSource, QueryFailedError, type DataSourceOptions } from 'typeorm';
import { migrationOptions, openDatabase } from '../data-source.js';
import { UnitOfWork } from '../unit-of-work.js';
import type { CarriedRow } from './carried-column.js';
import type { CarriedTable } from './carried-tables.js';
import { DatabaseMoveError } from './database-move-error.js';
import { schemaStateOf } from './schema-state.js';

type RawRow = Record<string, unknown>;

/** The database that is moved into. */
export class PostgresTarget {
  /** For what looks at it as the service does. */
  readonly work: UnitOfWork;

  private constructor(private readonly dataSource: DataSource) {
    this.work = new UnitOfWork(dataSource);
  }

  /**
   * Opens it and brings its schema up to date.
   * @throws DatabaseMoveError where it cannot be reached, or is used by another version
   */
  static async open(url: string): Promise<PostgresTarget> {
    const options = migrationOptions({ kind: 'postgres', url });
    try {
      await rejectOtherVersion(options);
      return new PostgresTarget(await openDatabase(options));
    } catch (error) {
      throw explained(error);
    }
  }

  async count({ name }: CarriedTable): Promise<number> {
    const [found] = await this.query<{ rows: string }>(`SELECT count(*) AS rows FROM "${name}"`);
    return Number(found?.rows);
  }

  async isEmpty({ name }: CarriedTable): Promise<boolean> {
    const rows = await this.query(`SELECT 1 FROM "${name}" LIMIT 1`);
    return rows.length === 0;
  }

  async empty({ name }: CarriedTable): Promise<void> {
    await this.write(`DELETE FROM "${name}"`);
  }

  /** The rows after a key, in the order of keys; from the first on without one. */
  async readAfter(table: CarriedTable, key: CarriedRow | undefined, limit: number): Promise<CarriedRow[]> {
    const keys = quoted(table.key);
    const places = (key ?? []).map((_, index) => `$${String(index + 1)}`).join(', ');
    const after = key ? `WHERE (${keys}) > (${places})` : '';
    const rows = await this.query(
      `SELECT ${quoted(namesOf(table))} FROM "${table.name}" ${after} ORDER BY ${keys} LIMIT ${String(limit)}`,
      [...(key ?? [])],
    );
    return rows.map((raw) => table.columns.map(({ name, read }) => read(raw[name])));
  }

  /** Adds rows in one statement, a parameter a column; those that are there already are left alone. */
  async insert(table: CarriedTable, rows: readonly CarriedRow[]): Promise<void> {
    const arrays = table.columns.map(({ type }, index) => `$${String(index + 1)}::${type}[]`).join(', ');
    await this.write(
      `INSERT INTO "${table.name}" (${quoted(namesOf(table))}) SELECT * FROM unnest(${arrays})
       ON CONFLICT (${quoted(table.key)}) DO NOTHING`,
      table.columns.map((_, index) => rows.map((row) => row[index])),
    );
  }

  /** Lets the database number on after a number; from 1 on after 0. */
  async numberOnAfter({ name }: CarriedTable, column: string, highest: number): Promise<void> {
    const sequence = `pg_get_serial_sequence('"${name}"', '${column}')`;
    await this.write(`SELECT setval(${sequence}, $1, $2)`, [Math.max(highest, 1), highest > 0]);
  }

  /** Lets the planner know of the rows, so that the first queries are no slower than the later ones. */
  async analyze({ name }: CarriedTable): Promise<void> {
    await this.write(`ANALYZE "${name}"`);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  private query<Row = RawRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters).catch((error: unknown) => {
      throw explained(error);
    });
  }

  private async write(sql: string, parameters: unknown[] = []): Promise<void> {
    await this.work
      .runStatement((manager) => manager.query(sql, parameters))
      .catch((error: unknown) => {
        throw explained(error);
      });
  }
}

function namesOf({ columns }: CarriedTable): string[] {
  return columns.map(({ name }) => name);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

// Before its schema is changed: instances of that version may run on it.
async function rejectOtherVersion(options: DataSourceOptions): Promise<void> {
  const dataSource = await new DataSource(options).initialize();
  try {
    if (await isUsedOtherwise(dataSource))
      throw new DatabaseMoveError(
        'The PostgreSQL database is used by another version, or for something else.',
      );
  } finally {
    await dataSource.destroy();
  }
}

async function isUsedOtherwise(dataSource: DataSource): Promise<boolean> {
  switch (await schemaStateOf(dataSource)) {
    case 'none':
      return hasTableOfThatName(dataSource);
    case 'older':
      return (await dataSource.query<RawRow[]>('SELECT 1 FROM users LIMIT 1')).length > 0;
    case 'same':
      return false;
    case 'foreign':
      return true;
  }
}

async function hasTableOfThatName({ entityMetadatas, manager }: DataSource): Promise<boolean> {
  const names = entityMetadatas.map(({ tableName }) => tableName);
  const sql = 'SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = ANY($1)';
  return (await manager.query<RawRow[]>(sql, [names])).length > 0;
}

/** In the server's own words: they name tables and columns, never what stands in them. */
function explained(error: unknown): unknown {
  const { message, code } = (error instanceof QueryFailedError ? error.driverError : error) as {
    message: string;
    code?: string;
  };
  if (code === undefined) return error;
  return new DatabaseMoveError(`The PostgreSQL database cannot be used: ${message || code}.`);
}
