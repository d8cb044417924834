import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

export class AddReservedNames1797100000000 implements MigrationInterface {
  name = 'AddReservedNames1797100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'reserved_names',
        columns: [
          { name: 'digest', type: 'varchar', length: '43', isPrimary: true },
          { name: 'owner_digest', type: 'varchar', length: '43' },
          { name: 'expires_at', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('reserved_names');
  }
}
