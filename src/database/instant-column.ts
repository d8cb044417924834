import { Column, type ColumnOptions, type ValueTransformer } from 'typeorm';

/** Milliseconds since 1970 in a bigint: the one form of a moment that SQLite and PostgreSQL keep and compare alike. */
const instant: ValueTransformer = {
  // As text: TypeORM writes a number into the statement on SQLite, so that no statement would be the same twice.
  to: (value: unknown) => (value instanceof Date ? String(value.getTime()) : value),
  from: (value: unknown) => (value === null ? null : new Date(Number(value))),
};

/**
 * A column that holds a moment, a `Date` in the entity. TypeORM transforms the conditions of a `find`, not those of an
 * `update` or `delete`: there a moment is compared as `getTime()`.
 */
export function InstantColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: instant });
}
