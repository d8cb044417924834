import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const bySession = new TableIndex({ name: 'ix_refresh_tokens_session_id', columnNames: ['session_id'] });
const byAccessExpiry = new TableIndex({
  name: 'ix_refresh_tokens_session_id_access_expires_at',
  columnNames: ['session_id', 'access_expires_at'],
});

/** So that a refresh, which forgets what is long spent, looks at no other row of its session. */
export class IndexAccessExpiry1796800000000 implements MigrationInterface {
  name = 'IndexAccessExpiry1796800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex('refresh_tokens', byAccessExpiry);
    await runner.dropIndex('refresh_tokens', bySession);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.createIndex('refresh_tokens', bySession);
    await runner.dropIndex('refresh_tokens', byAccessExpiry);
  }
}
