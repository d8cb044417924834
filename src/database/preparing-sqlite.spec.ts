import { promisify } from 'node:util';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { preparingSqlite } from './preparing-sqlite.js';

describe('the connection that keeps prepared statements', () => {
  const options: DataSourceOptions = { type: 'sqlite', database: ':memory:', driver: preparingSqlite };
  let database: DataSource;

  beforeEach(async () => {
    database = await new DataSource(options).initialize();
    await database.query('CREATE TABLE numbers (n integer PRIMARY KEY)');
  });
  afterEach(() => database.destroy());

  const add = (n: number | null) => database.query('INSERT INTO numbers VALUES (?)', [n]);
  const count = async () => {
    const [{ rows }] = await database.query<[{ rows: number }]>('SELECT count(*) AS rows FROM numbers');
    return rows;
  };

  it('answers each for itself where the same statement is asked for many times at once', async () => {
    const asked = Array.from({ length: 50 }, (_, n) => database.query('SELECT ? AS n', [n]));
    expect(await Promise.all(asked)).toEqual(asked.map((_, n) => [{ n }]));
  });

  it('tells every one that asks for what cannot be prepared', async () => {
    const asked = Array.from({ length: 3 }, () => database.query('SELECT nothing FROM nowhere'));
    for (const { status } of await Promise.allSettled(asked)) expect(status).toBe('rejected');
  });

  it('runs a statement again after it has failed', async () => {
    await add(1);
    for (let n = 0; n < 3; n++) await expect(add(1)).rejects.toThrow('UNIQUE constraint failed');
    await add(2);
    expect(await count()).toBe(2);
  });

  it('goes on after the table has become another', async () => {
    const all = () => database.query('SELECT * FROM numbers');
    await add(1);
    expect(await all()).toEqual([{ n: 1 }]);
    await database.query('ALTER TABLE numbers ADD COLUMN more integer');
    expect(await all()).toEqual([{ n: 1, more: null }]);
    await database.query('DROP TABLE numbers');
    await expect(all()).rejects.toThrow('no such table');
  });

  it('keeps no more than some, of those that never come again', async () => {
    for (let n = 0; n < 500; n++) await database.query(`SELECT ${String(n)} AS n`);
    await add(1);
    expect(await count()).toBe(1);
  });

  it('closes once the statements that are under way have ended', async () => {
    const connection = new preparingSqlite.Database(':memory:');
    const all = () =>
      new Promise((resolve, reject) => {
        connection.all('SELECT 1 AS n', [], (error: Error | null, rows: unknown[]) => {
          if (error) reject(error);
          else resolve(rows);
        });
      });
    await all();
    const asked = Array.from({ length: 10 }, all);
    const closed = promisify(connection.close.bind(connection))();
    expect(await Promise.all(asked)).toEqual(asked.map(() => [{ n: 1 }]));
    await closed;
  });
});
