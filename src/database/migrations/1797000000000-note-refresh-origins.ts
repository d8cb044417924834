import type { MigrationInterface, QueryRunner } from 'typeorm';

const columns = ['used_ip varchar(45)', 'used_user_agent varchar(512)', 'parent_repeats varchar(1200)'];

/** In plain SQL, which both databases take: TypeORM would make the SQLite table anew. */
export class NoteRefreshOrigins1797000000000 implements MigrationInterface {
  name = 'NoteRefreshOrigins1797000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of columns) await runner.query(`ALTER TABLE refresh_tokens ADD COLUMN ${column}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of columns)
      await runner.query(`ALTER TABLE refresh_tokens DROP COLUMN ${column.split(' ')[0] ?? ''}`);
  }
}
