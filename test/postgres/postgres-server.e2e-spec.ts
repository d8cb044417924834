import { createDatabase, databaseName, dropDatabase, onServer } from '../support/postgres-databases.js';
import { PostgresServer } from '../support/postgres-server.js';

describe('the PostgreSQL of a test', () => {
  let server: PostgresServer;
  let url: string;
  const rows = async () =>
    (await onServer<{ n: number }>(url, 'SELECT n FROM t ORDER BY n')).map(({ n }) => n);

  beforeAll(async () => {
    server = await PostgresServer.prepare();
    await server.start();
    url = await server.createDatabase();
    await onServer(url, 'CREATE TABLE t (n integer)');
  });
  afterAll(() => server.stop());

  it('keeps what was committed when it is killed', async () => {
    await onServer(url, 'INSERT INTO t VALUES (1)');
    await server.kill();
    await expect(rows()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect(await rows()).toEqual([1]);
  });

  it('keeps it when it is shut down and started again', async () => {
    await onServer(url, 'INSERT INTO t VALUES (2)');
    await server.restart();
    expect(await rows()).toEqual([1, 2]);
  });

  it('answers nobody while it is frozen, and everybody after', async () => {
    server.freeze();
    const asked = rows();
    const answered = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 300))]);
    server.thaw();
    expect(answered).toBeUndefined();
    expect(await asked).toEqual([1, 2]);
  });

  it('copies a database, and removes the copy alone', async () => {
    const copy = await createDatabase(server.url(), databaseName(url));
    await onServer(copy, 'DELETE FROM t');
    await dropDatabase(copy);
    await expect(onServer(copy, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
    expect(await rows()).toEqual([1, 2]);
  });
});
