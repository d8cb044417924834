import type { DataSource, EntityMetadata } from 'typeorm';

/** What stands in a column, in the one form in which the values of both databases are compared. */
type CarriedValue = string | number | boolean | null;

/** A row as its values, in the order of the columns of its table. */
export type CarriedRow = readonly CarriedValue[];

/** A column that is carried from one database to another. */
export interface CarriedColumn {
  readonly name: string;
  /** As PostgreSQL calls it. */
  readonly type: string;
  /** Reads what either database gives. */
  readonly read: (value: unknown) => CarriedValue;
}

type Form = (value: unknown) => CarriedValue;

/** How a value of each type is read. SQLite has no booleans but numbers, PostgreSQL gives a bigint as text. */
const forms: Readonly<Record<string, Form>> = {
  varchar: text,
  text,
  integer: wholeNumber,
  bigint: wholeNumber,
  boolean: (value) => value === true || value === 1,
};

/** @throws TypeError for a column of a type that nothing is known of: better no move than one that alters values */
export function carriedColumns(entity: EntityMetadata, { driver }: DataSource): CarriedColumn[] {
  return entity.columns.map((column) => {
    const type = driver.normalizeType(column);
    const form = forms[type];
    if (!form)
      throw new TypeError(`No way is known to carry ${entity.tableName}.${column.databaseName}: ${type}`);
    return {
      name: column.databaseName,
      type,
      read: (value) => (value === null || value === undefined ? null : form(value)),
    };
  });
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a text is stored as something else');
  return value;
}

function wholeNumber(value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new TypeError('a number is stored that is not exact');
  return number;
}
