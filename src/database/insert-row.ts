import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { requireRunner } from './sql.js';

const statements = new WeakMap<EntityMetadata, string>();

/**
 * Inserts a row with all of its columns, as `manager.insert` does, in the open unit of work. The statement is put
 * together once for each table: for what is run so often that this costs more than the statement.
 */
export async function insertRow<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  row: Row,
): Promise<void> {
  const metadata = manager.connection.getMetadata(entity);
  const { driver } = metadata.connection;
  const values = metadata.columns.map(
    (column) => driver.preparePersistentValue(column.getEntityValue(row), column) as unknown,
  );
  await requireRunner(manager).query(statementOf(metadata), values);
}

function statementOf(metadata: EntityMetadata): string {
  const known = statements.get(metadata);
  if (known !== undefined) return known;
  const { driver } = metadata.connection;
  const names = metadata.columns.map(({ databaseName }) => driver.escape(databaseName)).join(', ');
  const values = metadata.columns.map((_, index) => driver.createParameter('', index)).join(', ');
  const statement = `INSERT INTO ${driver.escape(metadata.tableName)} (${names}) VALUES (${values})`;
  statements.set(metadata, statement);
  return statement;
}
