import { decodeCursor, encodeCursor, invalidCursor } from '../../http/cursor.js';

const NUMBER = /^[1-9]\d{0,9}$/;
/** Of the column. */
const LAST_NUMBER = 2 ** 31 - 1;

/** What a reader goes on from, by the number of the last revocation that it was told of; null at the beginning. */
export function feedCursor(position: number): string | null {
  return position === 0 ? null : encodeCursor(String(position));
}

/** The number that a cursor stands for; 0, before the first, without one. @throws AppError validation_failed */
export function feedPosition(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const position = decodeCursor(cursor, 'since');
  if (!NUMBER.test(position) || Number(position) > LAST_NUMBER) throw invalidCursor('since');
  return Number(position);
}
