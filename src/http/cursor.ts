import { AppError } from '../errors/app-error.js';
import { isText } from './request-fields.js';

/**
 * Where a page of a list ends, as a text that clients hand back and do not read.
 * @param list keeps a cursor from being taken for one of another list
 */
export function encodeCursor(list: string, position: string): string {
  return Buffer.from(`${list} ${position}`).toString('base64url');
}

/** The position that a cursor of this list was made of. @throws AppError validation_failed */
export function decodeCursor(list: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(list.length + 1);
  if (encodeCursor(list, position) === cursor && isText(position)) return position;
  throw new AppError('validation_failed', {
    fields: [{ field: 'cursor', message: 'must be a next_cursor of this list' }],
  });
}
