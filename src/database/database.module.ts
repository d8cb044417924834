import { Global, Module } from '@nestjs/common';
import { TypeOrmModule, getDataSourceToken } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Settings } from '../config/settings.js';
import { DATA_SOURCE } from './data-source-name.js';
import { dataSourceOptions, openDatabase } from './data-source.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      name: DATA_SOURCE,
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
    }),
  ],
  providers: [UnitOfWork, { provide: DataSource, useExisting: getDataSourceToken(DATA_SOURCE) }],
  exports: [UnitOfWork, DataSource],
})
export class DatabaseModule {}
