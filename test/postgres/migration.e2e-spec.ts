import { MoveReport } from '../../src/cli/move-report.js';
import { codeBlocks } from '../support/documents.js';
import { foreignHashes } from '../support/foreign-hashes.js';
import { broughtOver, Mover } from '../support/mover.js';
import { ada } from '../support/people.js';
import { onServer } from '../support/postgres-databases.js';
import { PostgresServer } from '../support/postgres-server.js';
import { ServiceProcess } from '../support/service-process.js';

const DOCUMENT = 'docs/migration.md';

/** What is the same in every run: numbers and hashes are others each time. */
function shapesOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.replace(/\d+:[0-9a-f]+…?$/, 'N:HASH').replaceAll(/\d+/g, 'N'));
}

const [, shown = ''] = codeBlocks(DOCUMENT, 'text');
const [progress, tables, ending] = shown.split('\n…\n').map(shapesOf);

describe('who uses PostgreSQL as docs/migration.md says', () => {
  let server: PostgresServer;
  let mover: Mover;

  beforeAll(async () => {
    server = await PostgresServer.prepare();
    await server.start();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    const { hostname, port, username } = new URL(server.url());
    mover = await Mover.start({ PGHOST: hostname, PGPORT: port, PGUSER: username, PGDATABASE: 'postgres' });
  });
  afterEach(() => mover.stop());

  it('brings the users of a table', async () => {
    const { hash, password } = foreignHashes.find(({ from }) => from === 'passlib bcrypt')!;
    await onServer(
      server.url(),
      'CREATE TABLE users (id serial, username text, email text, password_hash text)',
      `INSERT INTO users (username, email, password_hash) VALUES
         ('ada', 'ada@example.org', '${hash}'), ('grace', NULL, '${hash}')`,
    );
    expect(await mover.succeed(DOCUMENT, 'psql -At -c')).toBe('');
    const told = await mover.succeed(DOCUMENT, 'npm run -s gatehouse -- user import');
    expect(told).toBe(broughtOver(2));
    for (const username of ['ada@example.org', 'grace']) {
      await mover.service.api.login({ username, password: 'not the password' }).expect(401);
      await mover.service.api.signIn({ username, password });
    }
  });

  it('moves the service itself, whose tokens hold as before, and reads of it what is shown there', async () => {
    const { access_token, refresh_token } = await mover.service.api.signUp(ada);
    const { host } = new URL(server.url());
    const owner = `CREATE ROLE gatehouse LOGIN PASSWORD 'password'`;
    await onServer(server.url(), owner, 'CREATE DATABASE gatehouse OWNER gatehouse');

    await mover.service.stop();
    const told = shapesOf(await mover.succeed(DOCUMENT, 'MOVE_DATABASE_TO=', [['localhost', host]]));
    expect(told.slice(0, tables!.length)).toEqual(tables);
    expect(told.slice(-ending!.length)).toEqual(ending);

    const DATABASE_URL = `postgres://gatehouse:password@${host}/gatehouse`;
    const service = await ServiceProcess.start(mover.folder, { DATABASE_URL });
    await service.api.get('/protected', access_token).expect(200);
    await service.api.renew(refresh_token);
    await service.api.signIn(ada);
    await service.stop();
  });
});

describe('the progress of a move', () => {
  it('reads as docs/migration.md shows it', () => {
    // A move of few users is over before there is anything to tell.
    let now = 0;
    let told = '';
    const report = new MoveReport({ write: (text: string) => (told += text) }, () => now);
    report.progress({ step: 'copied', table: 'users', rows: 0, of: 100_001 });
    now = 2000;
    report.progress({ step: 'copied', table: 'users', rows: 77_000, of: 100_001 });
    expect(shapesOf(told)).toEqual(progress);
  });
});
