import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { gatehouseEntities, GatehouseModule } from '../../src/embedding/public-api.js';
import { ApiClient } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { removeStores, storesOf } from '../support/stores.js';
import { newFolder } from '../support/new-folder.js';

const CONNECTIONS = 3;

describe('an application that shares its data source with the service in it', () => {
  let folder: string;
  let url: string;
  let app: INestApplication | undefined;

  beforeEach(async () => {
    folder = newFolder();
    ({ DATABASE_URL: url = '' } = await storesOf(folder));
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await removeStores(folder);
    rmSync(folder, { recursive: true });
  });

  const start = async (options: Partial<DataSourceOptions> = {}, DATABASE_URL = url) => {
    const settings = {
      DATABASE_URL,
      JWT_KEYS_FILE: join(folder, 'keys.json'),
      PASSWORD_HASH_MEMORY_KIB: '8',
      PASSWORD_HASH_PASSES: '1',
      LOG_LEVEL: 'silent',
    };
    const own = { type: 'postgres', url, entities: gatehouseEntities, extra: { max: CONNECTIONS } } as const;

    @Module({
      imports: [
        TypeOrmModule.forRoot({ ...own, ...options, retryAttempts: 0 } as TypeOrmModuleOptions),
        GatehouseModule.forRootAsync({
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => ({ dataSource, settings }),
        }),
      ],
    })
    class HostModule {}

    app = await NestFactory.create(HostModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    return { api: new ApiClient(`http://127.0.0.1:${String(port)}/auth`), dataSource: app.get(DataSource) };
  };

  it('has the accounts in its own connections, and no others', async () => {
    const { api, dataSource } = await start();
    const { access_token } = await api.signUp(ada);
    await Promise.all(Array.from({ length: 20 }, () => api.get('/users/me', access_token).expect(200)));
    expect(await dataSource.query('SELECT username FROM users')).toEqual([{ username: ada.username }]);
    const [row] = await dataSource.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database()',
    );
    expect(row.count).toBeLessThanOrEqual(CONNECTIONS);
  });

  it('closes them itself, once both are done', async () => {
    const { dataSource } = await start();
    await app?.close();
    app = undefined;
    expect(dataSource.isInitialized).toBe(false);
  });

  it('is told which entities its data source lacks', async () => {
    await expect(start({ entities: gatehouseEntities.slice(0, -1) })).rejects.toThrow(
      'The shared data source lacks Instance: put ...gatehouseEntities into its entities',
    );
  });

  it('is told where the data source leads to another database', async () => {
    const other = newFolder();
    const { DATABASE_URL } = await storesOf(other);
    await expect(start({}, DATABASE_URL)).rejects.toThrow('leads to another database');
    await removeStores(other);
    rmSync(other, { recursive: true });
  });

  it('is refused one of SQLite', async () => {
    const sqlite = { type: 'sqlite', database: ':memory:', url: undefined, extra: undefined } as const;
    await expect(start(sqlite)).rejects.toThrow('A data source can be shared on PostgreSQL alone');
  });
});
