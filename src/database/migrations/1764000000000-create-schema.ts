import {
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
  type TableUniqueOptions,
} from 'typeorm';

const id = (name: string): TableColumnOptions => ({ name, type: 'varchar', length: '36' });
const text = (name: string, length: number): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
});
const instant = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
const sequence = (name: string): TableColumnOptions => ({
  name,
  type: 'integer',
  isPrimary: true,
  isGenerated: true,
  generationStrategy: 'increment',
});
const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
const unique = (name: string, column: string): TableUniqueOptions => ({ name, columnNames: [column] });

export class CreateSchema1764000000000 implements MigrationInterface {
  name = 'CreateSchema1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'users',
        columns: [
          primary(id('id')),
          text('username', 64),
          text('username_folded', 64),
          nullable(text('email', 254)),
          nullable(text('email_folded', 254)),
          { name: 'email_verified', type: 'boolean' },
          text('password_hash', 512),
          instant('password_changed_at'),
          { name: 'roles', type: 'text' },
          { name: 'disabled', type: 'boolean' },
          instant('created_at'),
          instant('updated_at'),
        ],
        uniques: [
          unique('uq_users_username_folded', 'username_folded'),
          unique('uq_users_email_folded', 'email_folded'),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'sessions',
        columns: [
          primary(id('id')),
          id('user_id'),
          instant('created_at'),
          instant('last_used_at'),
          instant('expires_at'),
          nullable(text('ip', 45)),
          nullable(text('user_agent', 512)),
          instant('auth_time'),
          nullable(instant('ended_at')),
          nullable(text('ended_reason', 32)),
        ],
        foreignKeys: [
          {
            name: 'fk_sessions_user_id',
            columnNames: ['user_id'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
        indices: [
          { name: 'ix_sessions_user_id', columnNames: ['user_id'] },
          { name: 'ix_sessions_expires_at', columnNames: ['expires_at'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'refresh_tokens',
        columns: [
          primary(id('jti')),
          id('session_id'),
          nullable(id('parent_jti')),
          nullable(id('successor_jti')),
          instant('issued_at'),
          instant('expires_at'),
          nullable(instant('used_at')),
          nullable(instant('acknowledged_at')),
          nullable(instant('revoked_at')),
          text('access_jti', 64),
          instant('access_expires_at'),
        ],
        foreignKeys: [
          {
            name: 'fk_refresh_tokens_session_id',
            columnNames: ['session_id'],
            referencedTableName: 'sessions',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
        indices: [{ name: 'ix_refresh_tokens_session_id', columnNames: ['session_id'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'revoked_tokens',
        columns: [
          sequence('seq'),
          text('id', 64),
          instant('expires_at'),
          text('reason', 32),
          instant('revoked_at'),
        ],
        uniques: [unique('uq_revoked_tokens_id', 'id')],
        indices: [{ name: 'ix_revoked_tokens_expires_at', columnNames: ['expires_at'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'audit_events',
        columns: [
          sequence('id'),
          instant('at'),
          text('type', 64),
          nullable(id('user_id')),
          nullable(text('ip', 45)),
          { name: 'details', type: 'text' },
        ],
        indices: [{ name: 'ix_audit_events_user_id', columnNames: ['user_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_events', 'revoked_tokens', 'refresh_tokens', 'sessions', 'users']) {
      await runner.dropTable(table);
    }
  }
}
