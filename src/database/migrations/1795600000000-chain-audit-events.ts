import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const ROWS_A_PAGE = 1000;
const FORMER = 'audit_events_before';

interface FormerEvent {
  readonly id: number;
  /** As the database gives it: PostgreSQL has a bigint as text. */
  readonly at: number | string;
  readonly type: string;
  readonly user_id: string | null;
  readonly ip: string | null;
  readonly details: string;
}

interface ChainedEvent {
  readonly seq: number;
  readonly created_at: number | string;
  readonly type: string;
  readonly user_id: string | null;
  readonly personal: string | null;
  readonly details: string;
}

const text = (name: string, length?: number): TableColumnOptions =>
  length === undefined ? { name, type: 'text' } : { name, type: 'varchar', length: String(length) };
const integer = (name: string): TableColumnOptions => ({ name, type: 'integer' });
const instant = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });

/** Makes a chain of the audit events, also of those that there are: they hold as they stand at this moment. */
export class ChainAuditEvents1795600000000 implements MigrationInterface {
  name = 'ChainAuditEvents1795600000000';

  async up(runner: QueryRunner): Promise<void> {
    await setAside(runner, ['ix_audit_events_user_id']);
    await runner.createTable(
      new Table({
        name: 'audit_events',
        columns: [
          primary(integer('seq')),
          text('id', 36),
          instant('created_at'),
          text('type', 64),
          text('outcome', 16),
          nullable(text('user_id', 36)),
          nullable(text('actor_id', 36)),
          text('details'),
          nullable(text('personal')),
          nullable(text('salt', 32)),
          text('personal_digest', 64),
          text('hash', 64),
        ],
        uniques: [{ name: 'uq_audit_events_id', columnNames: ['id'] }],
        indices: [
          { name: 'ix_audit_events_user_id', columnNames: ['user_id', 'seq'] },
          { name: 'ix_audit_events_actor_id', columnNames: ['actor_id'] },
          { name: 'ix_audit_events_type', columnNames: ['type', 'seq'] },
        ],
      }),
    );
    let head = { id: 1, seq: 0, hash: '0'.repeat(64) };
    await takeOver<FormerEvent>(runner, 'id', (former) => {
      const event = chain(former, head);
      head = { ...head, seq: event.seq, hash: event.hash };
      return event;
    });
    await runner.createTable(
      new Table({
        name: 'audit_chain_head',
        columns: [primary(integer('id')), integer('seq'), text('hash', 64)],
      }),
    );
    await insert(runner, 'audit_chain_head', [head]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_chain_head');
    await setAside(runner, ['ix_audit_events_user_id', 'ix_audit_events_actor_id', 'ix_audit_events_type']);
    await runner.createTable(
      new Table({
        name: 'audit_events',
        columns: [
          { ...primary(integer('id')), isGenerated: true, generationStrategy: 'increment' },
          instant('at'),
          text('type', 64),
          nullable(text('user_id', 36)),
          nullable(text('ip', 45)),
          text('details'),
        ],
        indices: [{ name: 'ix_audit_events_user_id', columnNames: ['user_id'] }],
      }),
    );
    await takeOver<ChainedEvent>(runner, 'seq', ({ created_at: at, type, user_id, personal, details }) => {
      const { ip = null } = JSON.parse(personal ?? '{}') as { ip?: string };
      return { at, type, user_id, ip, details };
    });
  }
}

async function setAside(runner: QueryRunner, indices: readonly string[]): Promise<void> {
  for (const index of indices) await runner.query(`DROP INDEX ${index}`);
  await runner.query(`ALTER TABLE audit_events RENAME TO ${FORMER}`);
}

/** Moves every row into the new table, in order, and drops the former one. */
async function takeOver<T extends object>(
  runner: QueryRunner,
  order: keyof T & string,
  convert: (row: T) => object,
): Promise<void> {
  let page: T[] = [];
  do {
    page = await runner.manager
      .createQueryBuilder()
      .select('*')
      .from(FORMER, 'former')
      .where(`former.${order} > :last`, { last: page.at(-1)?.[order] ?? 0 })
      .orderBy(`former.${order}`)
      .limit(ROWS_A_PAGE)
      .getRawMany<T>();
    await insert(runner, 'audit_events', page.map(convert));
  } while (page.length === ROWS_A_PAGE);
  await runner.dropTable(FORMER);
}

/** In plain SQL: TypeORM would take the table for that of the entity as it is now. Both databases take `$1`. */
async function insert(runner: QueryRunner, table: string, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const places = rows.map((_, row) =>
    columns.map((__, place) => `$${String(row * columns.length + place + 1)}`),
  );
  await runner.query(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.map((each) => `(${each.join(', ')})`).join(', ')}`,
    rows.flatMap((row) => Object.values(row) as unknown[]),
  );
}

// The hashes as `audit/chain.ts` makes them, written out: a migration must do for ever what it did once.
function chain({ at, type, user_id, ip, details }: FormerEvent, head: { seq: number; hash: string }) {
  const seq = head.seq + 1;
  const id = randomUUID();
  const created_at = Number(at);
  const outcome = type === 'refresh_token_reused' ? 'failure' : 'success';
  const personal = JSON.stringify(ip === null ? {} : { ip });
  const salt = randomBytes(16).toString('base64url');
  const personal_digest = digest([salt, personal]);
  const covered = [seq, id, created_at, type, outcome, user_id, null, details, personal_digest];
  const hash = digest([head.hash, ...covered]);
  return { seq, id, created_at, type, outcome, user_id, details, personal, salt, personal_digest, hash };
}

function digest(values: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
