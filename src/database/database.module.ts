import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule, getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Settings } from '../config/settings.js';
import { adoptDataSource } from './adopt-data-source.js';
import { dataSourceOptions, openDatabase } from './data-source.js';
import { UnitOfWork } from './unit-of-work.js';

/** So that it is never taken for one of an application that has the service in it. */
const NAME = 'gatehouse';

@Global()
@Module({ providers: [UnitOfWork], exports: [UnitOfWork] })
export class DatabaseModule {
  /** @param shared an application's data source, in place of one by the settings; whoever opened it closes it */
  static forRoot(shared?: DataSource): DynamicModule {
    return { module: DatabaseModule, exports: [DataSource], ...(shared ? adopting(shared) : opening()) };
  }
}

function adopting(shared: DataSource): Pick<DynamicModule, 'providers'> {
  const useFactory = (settings: Settings): Promise<DataSource> => adoptDataSource(shared, settings);
  return { providers: [{ provide: DataSource, inject: [Settings], useFactory }] };
}

function opening(): Pick<DynamicModule, 'imports' | 'providers'> {
  const opened = TypeOrmModule.forRootAsync({
    name: NAME,
    inject: [Settings],
    useFactory: ({ database, databasePool }: Settings) => ({
      ...dataSourceOptions(database, databasePool),
      // A database server may come up after the service; a file that cannot be opened stays so.
      retryAttempts: database.kind === 'postgres' ? 10 : 0,
    }),
    dataSourceFactory: (options) => {
      if (!options) throw new Error('TypeORM gave no options');
      return openDatabase(options);
    },
  });
  return { imports: [opened], providers: [{ provide: DataSource, useExisting: getDataSourceToken(NAME) }] };
}
