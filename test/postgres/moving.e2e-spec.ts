import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { end, type CommandResult } from '../support/child-process.js';
import { onSqlite, postgresContents, sqliteContents } from '../support/database-contents.js';
import { freePort } from '../support/free-port.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { ada, grace, type Person } from '../support/people.js';
import { onServer } from '../support/postgres-databases.js';
import { PostgresServer } from '../support/postgres-server.js';
import { runCommand, runService, ServiceProcess, startCommand } from '../support/service-process.js';
import { keepOnSqlite } from '../support/stores.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const MANY = 20_000;
const linus: Person = { username: 'linus', password: 'talk is cheap, show me' };
const mary: Person = { username: 'mary', password: 'a note upon the engine', email: 'mary@example.org' };
const newAddress = 'grace@navy.example';

/** What is hard to carry: the ends of what a number is exact in, and text that means something on the way. */
const oddRows = `
  INSERT INTO users (id, username, username_folded, email, email_folded, email_verified, password_hash,
    password_changed_at, roles, disabled, created_at, updated_at, pending_email) VALUES
    ('00000000-0000-4000-8000-000000000001', 'NULL', 'null', NULL, NULL, 0, '{"a","b\\c",NULL}',
      9007199254740991, '["user"]', 1, -9007199254740991, 0, ''),
    ('00000000-0000-4000-8000-000000000002', 'É''"; --', 'é''"; --', '', '', 1, '\\', 1, '[ "user",  "admin" ]', 0, 2, 3, 'ü
🔑')`;
const manyRows = [
  `INSERT INTO users (id, username, username_folded, email_verified, password_hash, password_changed_at, roles, disabled,
     created_at, updated_at)
   WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(MANY)})
   SELECT lower(hex(randomblob(16))), 'user-' || i, 'user-' || i, i % 2, 'none', i, '["user"]', 0, i, i FROM n`,
  `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, auth_time)
   SELECT lower(hex(randomblob(16))), id, 1, 2, 9999999999999, 1 FROM users`,
  `INSERT INTO refresh_tokens (jti, session_id, issued_at, expires_at, access_jti, access_expires_at)
   SELECT lower(hex(randomblob(16))), id, 1, 9999999999999, id, 2 FROM sessions`,
];

describe('moving from SQLite to PostgreSQL', () => {
  let server: PostgresServer;
  let folder: string;
  let url: string;

  const gatehouse = (args: string, variables = {}, input = '') =>
    runCommand(folder, args.split(' '), input, variables);
  const move = (variables = {}) => gatehouse('database move', { MOVE_DATABASE_TO: url, ...variables });
  const expectRefusal = async (result: Promise<CommandResult>, words: string) => {
    const { code, stdout, stderr } = await result;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  };
  const tablesThere = () => onServer(url, `SELECT 1 FROM pg_tables WHERE schemaname = 'public'`);

  beforeAll(async () => {
    server = await PostgresServer.prepare();
    await server.start();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    folder = newFolder();
    keepOnSqlite(folder);
    url = await server.createDatabase();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps every session, token, link and refusal as it was', async () => {
    await gatehouse('user create root --role admin', {}, 'a long walk along the shore');
    let service = await ServiceProcess.start(folder);
    const { api } = service;
    const mailbox = new Mailbox(join(folder, 'data/outbox'));
    const live = await api.signUp(ada);
    const lost = await api.signIn(ada);
    const successor = await api.renew(lost.refresh_token);
    const revoked = await api.signIn(ada);
    await api.delete('/access-revoke', revoked.access_token).expect(200);
    const loggedOut = await api.signIn(ada);
    await api.post('/logout', undefined, loggedOut.access_token).expect(204);
    const disabled = await api.signUp(linus);
    await api.register(grace).expect(201);
    await api.post('/password/forgot', { email: grace.email }).expect(202);
    const resetToken = tokenIn(await mailbox.take('Set a new password', grace.email!));
    await service.stop();
    await gatehouse('user disable linus');

    // With a mail server an address is pending until it is verified; this server is away, so that mails wait.
    service = await ServiceProcess.start(folder, {
      SMTP_URL: `smtp://127.0.0.1:${String(await freePort())}`,
    });
    const changing = await service.api.signUp(mary);
    await service.api.patch('/users/me', { email: newAddress }, changing.access_token).expect(200);
    await service.stop();
    // As the sweep does with an entry that has expired: its number is given to no other.
    const [swept] = await onSqlite<{ seq: number }>(folder, 'SELECT max(seq) AS seq FROM revoked_tokens');
    await onSqlite(
      folder,
      `INSERT INTO revoked_tokens (id, expires_at, reason, revoked_at) VALUES ('old', 1, 'logout', 1)`,
    );
    await onSqlite(folder, `DELETE FROM revoked_tokens WHERE id = 'old'`, oddRows);
    await onSqlite(folder, `UPDATE outbound_mails SET next_attempt_at = 1`);
    const before = await sqliteContents(folder);
    for (const table of [
      'users',
      'sessions',
      'refresh_tokens',
      'revoked_tokens',
      'one_time_tokens',
      'outbound_mails',
    ])
      expect(before[table]!.length).toBeGreaterThan(0);

    const moved = await move();
    expect(moved).toMatchObject({ code: 0, stderr: '' });
    expect(moved.stdout).toContain('Next: set DATABASE_URL');
    expect(await postgresContents(url)).toEqual(before);
    expect(await sqliteContents(folder)).toEqual(before);
    const again = await move();
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('Nothing was left to do');
    expect(await postgresContents(url)).toEqual(before);

    const variables = { DATABASE_URL: url };
    const verified = await gatehouse('audit verify', variables);
    expect(verified.code).toBe(0);
    expect(moved.stdout).toContain(verified.stdout);
    service = await ServiceProcess.start(folder, variables);
    await aliveAsBefore(service, { live, lost, successor, revoked, loggedOut, disabled });
    const confirm = tokenIn(await mailbox.take('Confirm your email address', newAddress));
    await service.api.post('/email/verify', { token: confirm }).expect(204);
    expect((await service.api.get('/users/me', changing.access_token)).body).toMatchObject({
      email: newAddress,
    });
    await service.api
      .post('/password/reset', { token: resetToken, new_password: 'set after the move' })
      .expect(204);
    await service.api.signIn({ ...grace, password: 'set after the move' });
    await service.api.post('/logout', undefined, changing.access_token).expect(204);
    const numbers = await onServer<{ seq: number }>(url, 'SELECT seq FROM revoked_tokens ORDER BY seq');
    expect(numbers.at(-1)!.seq).toBeGreaterThan(swept!.seq + 1);
    expect(numbers.map(({ seq }) => seq)).not.toContain(swept!.seq + 1);
    await service.stop();
    expect((await gatehouse('audit verify', variables)).code).toBe(0);

    await expectRefusal(move(), 'The PostgreSQL database holds other data');
    expect(await sqliteContents(folder)).toEqual(before);
  });

  it('goes on wherever it was killed, and ends with the same', async () => {
    await gatehouse('user create root --role admin', {}, 'a long walk along the shore');
    await onSqlite(folder, ...manyRows);
    const before = await sqliteContents(folder);
    const counts = ['users', 'sessions', 'refresh_tokens'].map((table) => `(SELECT count(*) FROM ${table})`);
    const rowsThere = async () => {
      const [row] = await onServer<{ n: number }>(url, `SELECT (${counts.join(' + ')})::int AS n`).catch(
        () => [],
      );
      return row?.n ?? 0;
    };
    let interrupted = 0;
    for (let left = 6; left > 0; left--) {
      const there = await rowsThere();
      const goal = there + (Math.random() * (3 * MANY - there)) / left;
      const moving = await startCommand(folder, ['database', 'move'], { MOVE_DATABASE_TO: url });
      const hasEnded = () => moving.exitCode !== null;
      await until(async () => hasEnded() || (await rowsThere()) > goal);
      if (!hasEnded()) interrupted++;
      await end(moving, 'SIGKILL');
    }
    expect(interrupted).toBeGreaterThan(2);
    const { code, stdout } = await move();
    expect(code).toBe(0);
    expect(stdout).toContain(`users: ${String(MANY + 1)} rows`);
    expect(await postgresContents(url)).toEqual(before);
    expect(await sqliteContents(folder)).toEqual(before);
  }, 180_000);

  it('lets nobody sign in on a database that is half moved, nor a service start on the one that is moved', async () => {
    await gatehouse('user create ada', {}, ada.password);
    await onSqlite(folder, ...manyRows);
    const moving = await startCommand(folder, ['database', 'move'], { MOVE_DATABASE_TO: url });
    await until(async () => (await onServer(url, 'SELECT 1 FROM users LIMIT 1').catch(() => [])).length > 0);
    moving.kill('SIGSTOP');
    const started = await runService(folder, {});
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('SQLITE_BUSY');
    const early = await ServiceProcess.start(folder, { DATABASE_URL: url });
    expect((await early.api.login(ada)).status).toBe(500);
    await early.kill();
    await end(moving, 'SIGKILL');
  });

  describe('refuses, and changes nothing,', () => {
    const withAda = newFolder();

    beforeAll(async () => {
      keepOnSqlite(withAda);
      await runCommand(withAda, ['user', 'create', 'ada'], ada.password);
    });
    beforeEach(() => {
      cpSync(withAda, folder, { recursive: true });
    });
    afterAll(() => {
      rmSync(withAda, { recursive: true });
    });

    it('while a service runs on the database, whose users notice nothing', async () => {
      const service = await ServiceProcess.start(folder);
      await expectRefusal(move(), 'is in use. Stop the service');
      expect(await tablesThere()).toEqual([]);
      await service.api.signIn(ada);
      await service.stop();
    });

    it('into a database with other users', async () => {
      await gatehouse('user create grace', { DATABASE_URL: url }, grace.password);
      const before = await postgresContents(url);
      await expectRefusal(move(), 'The PostgreSQL database holds other data: users');
      expect(await postgresContents(url)).toEqual(before);
    });

    it('into a database whose row is another than it was', async () => {
      await move();
      await onServer(url, 'UPDATE users SET disabled = true');
      await expectRefusal(move(), 'The PostgreSQL database holds other data: users');
    });

    it.each([
      ['a newer version', `INSERT INTO migrations (timestamp, name) VALUES (9, 'Newer9')`],
      ['an older version', 'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)'],
    ])('into a database that %s uses', async (_, statement) => {
      await move();
      await onServer(url, statement);
      await expectRefusal(move(), 'used by another version');
    });

    it('into a database of something else', async () => {
      await onServer(url, 'CREATE TABLE users (name text)');
      await expectRefusal(move(), 'or for something else');
    });

    it.each([
      ['a newer version', `INSERT INTO migrations (timestamp, name) VALUES (9, 'Newer9')`, 'newer version'],
      [
        'an older version',
        'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)',
        'older version',
      ],
      ['nobody', 'DELETE FROM migrations', 'holds no data of a Gatehouse'],
    ])('from a database of %s', async (_, statement, words) => {
      await onSqlite(folder, statement);
      await expectRefusal(move(), words);
      expect(await tablesThere()).toEqual([]);
    });

    it('from a file that is no database, or not there, and makes none', async () => {
      writeFileSync(
        join(folder, 'notes'),
        'not a database at all, but long enough to be taken for a header of one',
      );
      await expectRefusal(move({ DATABASE_URL: 'sqlite:notes' }), 'notes is no SQLite database');
      await expectRefusal(
        move({ DATABASE_URL: 'sqlite:./nowhere/x' }),
        'There is no database at ./nowhere/x',
      );
      expect(existsSync(join(folder, 'nowhere'))).toBe(false);
    });

    it('with settings that name no such databases', async () => {
      await expectRefusal(move({ DATABASE_URL: url }), 'DATABASE_URL must be sqlite:PATH');
      await expectRefusal(move({ MOVE_DATABASE_TO: '' }), 'Set MOVE_DATABASE_TO');
      await expectRefusal(move({ MOVE_DATABASE_TO: 'sqlite:x' }), 'MOVE_DATABASE_TO must be postgres://');
      const away = `postgres://ada:secret@127.0.0.1:${String(await freePort())}/x`;
      const { code, stderr } = await move({ MOVE_DATABASE_TO: away });
      expect(code).toBe(1);
      expect(stderr).toContain('The PostgreSQL database cannot be used: ');
      expect(stderr).not.toContain('secret');
    });
  });
});

interface Pairs {
  readonly live: TokenPair;
  readonly lost: TokenPair;
  readonly successor: TokenPair;
  readonly revoked: TokenPair;
  readonly loggedOut: TokenPair;
  readonly disabled: TokenPair;
}

async function aliveAsBefore({ api }: ServiceProcess, pairs: Pairs): Promise<void> {
  await api.get('/protected', pairs.live.access_token).expect(200);
  await api.renew(pairs.live.refresh_token);
  const repeated = await api.renew(pairs.lost.refresh_token);
  expect(claimsOf(repeated.refresh_token).jti).toBe(claimsOf(pairs.successor.refresh_token).jti);
  const refused = { status: 401, error: 'token_revoked' };
  expect(refusal(await api.get('/protected', pairs.revoked.access_token))).toEqual(refused);
  await api.renew(pairs.revoked.refresh_token);
  for (const answer of [
    await api.get('/protected', pairs.loggedOut.access_token),
    await api.refresh(pairs.loggedOut.refresh_token),
  ]) {
    expect(refusal(answer)).toEqual(refused);
    expect(answer.body).toMatchObject({ reason: 'logout' });
  }
  expect((await api.refresh(pairs.disabled.refresh_token)).body).toMatchObject({
    reason: 'account_disabled',
  });
  expect(refusal(await api.login(linus))).toEqual({ status: 403, error: 'account_disabled' });
  await api.signIn(ada);
}
