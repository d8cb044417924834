import type { EntityManager, QueryResult, QueryRunner } from 'typeorm';

type Value = string | number | null | Date;
type Statement = (parts: TemplateStringsArray, ...values: Value[]) => Promise<QueryResult>;

/**
 * Runs statements of the open unit of work that are written out, in SQL that both databases read:
 * ``sqlIn(manager)`DELETE FROM sessions WHERE id = ${id}` ``. Every value is a parameter, a moment as an `InstantColumn`
 * keeps it. For what is run so often that TypeORM's way of putting a statement together costs more than the statement.
 */
export function sqlIn(manager: EntityManager): Statement {
  const { connection } = manager;
  return (parts, ...values) => {
    const placeholder = (_: Value, index: number) => connection.driver.createParameter('', index);
    const text = asRun(String.raw({ raw: parts }, ...values.map(placeholder)).trim());
    const parameters = values.map((value) => (value instanceof Date ? value.getTime() : value));
    return requireRunner(manager).query(text, parameters, true);
  };
}

/** What runs the statements of the open unit of work. @throws Error without one */
export function requireRunner({ queryRunner }: EntityManager): QueryRunner {
  if (!queryRunner) throw new Error('a statement needs an open unit of work');
  return queryRunner;
}

/** TypeORM goes by the first word on SQLite, and takes an UPDATE for what gives no rows. */
function asRun(text: string): string {
  return /\bRETURNING\b/.test(text) ? `/* rows */ ${text}` : text;
}
