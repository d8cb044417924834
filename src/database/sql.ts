import type { EntityManager, QueryResult } from 'typeorm';

type Value = string | number | null | Date;
type Statement = (parts: TemplateStringsArray, ...values: Value[]) => Promise<QueryResult>;

/**
 * Runs statements of the open unit of work that are written out, in SQL that both databases read:
 * ``sqlIn(manager)`DELETE FROM sessions WHERE id = ${id}` ``. Every value is a parameter, a moment as an `InstantColumn`
 * keeps it. For what is run so often that TypeORM's way of putting a statement together costs more than the statement.
 */
export function sqlIn({ queryRunner, connection }: EntityManager): Statement {
  return (parts, ...values) => {
    if (!queryRunner) throw new Error('a statement needs an open unit of work');
    const placeholder = (_: Value, index: number) => connection.driver.createParameter('', index);
    const text = asRun(String.raw({ raw: parts }, ...values.map(placeholder)).trim());
    const parameters = values.map((value) => (value instanceof Date ? value.getTime() : value));
    return queryRunner.query(text, parameters, true);
  };
}

/** TypeORM goes by the first word on SQLite, and takes an UPDATE for what gives no rows. */
function asRun(text: string): string {
  return /\bRETURNING\b/.test(text) ? `/* rows */ ${text}` : text;
}
