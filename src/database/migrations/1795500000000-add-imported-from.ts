import type { MigrationInterface, QueryRunner } from 'typeorm';

/** In plain SQL, which both databases take: TypeORM would make the SQLite table anew. */
export class AddImportedFrom1795500000000 implements MigrationInterface {
  name = 'AddImportedFrom1795500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users ADD COLUMN imported_from varchar(64)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN imported_from');
  }
}
