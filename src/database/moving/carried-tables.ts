import type { DataSource, EntityMetadata } from 'typeorm';
import { carriedColumns, type CarriedColumn } from './carried-column.js';

/** Tables that a move leaves behind, and why. Every other table of an entity is carried over. */
const leftBehind: Readonly<Record<string, string>> = {
  instances: 'of the instances that run on a database, not of what is in it',
};

/**
 * Carried over last. While its row is not there no audit event can be recorded, so a service that is started on a
 * database half moved signs nobody in; and once it is there, all the rest is.
 */
const LAST = 'audit_chain_head';

/** A table that is carried from one database to another, as both of them know it. */
export interface CarriedTable {
  readonly name: string;
  readonly columns: readonly CarriedColumn[];
  /** The columns that name a row. */
  readonly key: readonly string[];
  /** The column that the database numbers by itself, if there is one. */
  readonly numbered: string | undefined;
  /** Whether the migrations put a row into it, which stands for no data. */
  readonly startsWithARow: boolean;
}

/** What is carried over, in an order in which every row comes after those that it points at. */
export function carriedTables(dataSource: DataSource): CarriedTable[] {
  const carried = dataSource.entityMetadatas.filter(({ tableName }) => !(tableName in leftBehind));
  const ordered = new Set<EntityMetadata>();
  const add = (entity: EntityMetadata): void => {
    for (const { referencedEntityMetadata } of entity.foreignKeys)
      if (referencedEntityMetadata !== entity) add(referencedEntityMetadata);
    ordered.add(entity);
  };
  carried.forEach(add);
  const isLast = ({ name }: CarriedTable) => Number(name === LAST);
  return [...ordered]
    .map((entity) => describe(entity, dataSource))
    .sort((one, other) => isLast(one) - isLast(other));
}

function describe(entity: EntityMetadata, dataSource: DataSource): CarriedTable {
  return {
    name: entity.tableName,
    columns: carriedColumns(entity, dataSource),
    key: entity.primaryColumns.map(({ databaseName }) => databaseName),
    numbered: entity.columns.find(({ generationStrategy }) => generationStrategy === 'increment')
      ?.databaseName,
    startsWithARow: entity.tableName === LAST,
  };
}
