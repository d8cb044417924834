import type { DataSource } from 'typeorm';

/** Asks in SQL that both databases understand, with `?` for parameters, and tells whole numbers as numbers. */
export async function queryPortably<T>(
  dataSource: DataSource,
  sql: string,
  parameters: unknown[] = [],
): Promise<T[]> {
  if (dataSource.options.type === 'sqlite') return dataSource.query<T[]>(sql, parameters);
  let number = 0;
  const answer: unknown = await dataSource.query(
    sql.replaceAll('?', () => `$${String(++number)}`),
    parameters,
  );
  return rowsOf(answer).map((row) => mapValues(row, toNumber) as T);
}

/** TypeORM gives the rows of a PostgreSQL UPDATE or DELETE beside how many they were. */
function rowsOf(answer: unknown): Record<string, unknown>[] {
  const [first] = answer as unknown[];
  return (Array.isArray(first) ? first : answer) as Record<string, unknown>[];
}

function mapValues(row: Record<string, unknown>, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, map(value)]));
}

/** pg tells a bigint, which every moment and every count is, as text. */
function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
