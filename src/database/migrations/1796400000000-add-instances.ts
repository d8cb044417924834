import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

export class AddInstances1796400000000 implements MigrationInterface {
  name = 'AddInstances1796400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'instances',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'started_at', type: 'bigint' },
          { name: 'seen_at', type: 'bigint' },
          { name: 'acknowledged_seq', type: 'integer' },
          { name: 'facts', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('instances');
  }
}
