import { AppError } from '../errors/app-error.js';
import { isText } from './request-fields.js';

/** Some of the items of a list, and where to go on; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/**
 * Makes a page of rows of which one more was asked for than fit, to know whether there are more.
 * @param positionOf what the next page begins after: it must stay where it is while rows are added
 */
export function toPage<T>(rows: readonly T[], limit: number, positionOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next_cursor = last !== undefined && rows.length > limit ? encodeCursor(positionOf(last)) : null;
  return { items, next_cursor };
}

/**
 * The position that a cursor stands for.
 * @param field what it was sent as
 * @throws AppError validation_failed for what was never given out as one
 */
export function decodeCursor(cursor: string, field = 'cursor'): string {
  const position = Buffer.from(cursor, 'base64url').toString();
  if (position === '' || !isText(position) || encodeCursor(position) !== cursor) throw invalidCursor(field);
  return position;
}

export function invalidCursor(field = 'cursor'): AppError {
  return new AppError('validation_failed', {
    fields: [{ field, message: 'is not one that was given out with this list' }],
  });
}

export function encodeCursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}
