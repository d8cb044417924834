import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

export class AddThrottleCounters1764600000000 implements MigrationInterface {
  name = 'AddThrottleCounters1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'throttle_counters',
        columns: [
          { name: 'key', type: 'varchar', length: '43', isPrimary: true },
          { name: 'hits', type: 'text' },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [{ name: 'ix_throttle_counters_expires_at', columnNames: ['expires_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('throttle_counters');
  }
}
