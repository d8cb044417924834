import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const text = (name: string, length: number): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
});
const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
const instant = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
const withItsUser = (name: string) => ({
  name,
  columnNames: ['user_id'],
  referencedTableName: 'users',
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});

export class AddMail1795800000000 implements MigrationInterface {
  name = 'AddMail1795800000000';

  async up(runner: QueryRunner): Promise<void> {
    // In plain SQL, which both databases take: TypeORM would make the SQLite table anew.
    await runner.query('ALTER TABLE users ADD COLUMN pending_email varchar(254)');
    await runner.createTable(
      new Table({
        name: 'one_time_tokens',
        columns: [
          primary(text('user_id', 36)),
          primary(text('purpose', 32)),
          text('digest', 43),
          text('email', 254),
          instant('expires_at'),
        ],
        uniques: [{ name: 'uq_one_time_tokens_digest', columnNames: ['digest'] }],
        indices: [{ name: 'ix_one_time_tokens_expires_at', columnNames: ['expires_at'] }],
        foreignKeys: [withItsUser('fk_one_time_tokens_user_id')],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'outbound_mails',
        columns: [
          primary(text('cause', 128)),
          text('id', 36),
          text('kind', 32),
          nullable(text('user_id', 36)),
          text('recipient', 254),
          { name: 'attempts', type: 'integer' },
          instant('created_at'),
          instant('next_attempt_at'),
        ],
        indices: [
          { name: 'ix_outbound_mails_user_id', columnNames: ['user_id'] },
          { name: 'ix_outbound_mails_next_attempt_at', columnNames: ['next_attempt_at'] },
        ],
        foreignKeys: [withItsUser('fk_outbound_mails_user_id')],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('outbound_mails');
    await runner.dropTable('one_time_tokens');
    await runner.query('ALTER TABLE users DROP COLUMN pending_email');
  }
}
