/** How many rows one transaction changes at most: it takes some 50 ms, in which nobody else can write to SQLite. */
export const MAX_BATCH_ROWS = 500;

/** A list in pieces, each short enough for one statement. */
export function* inBatches<T>(rows: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
