import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { loadSettings } from './src/config/settings.js';
import { migrationOptions } from './src/database/data-source.js';

/** For the TypeORM command line: `npm run migration:generate`, `migration:run`, `migration:revert`. */
export default new DataSource(migrationOptions(loadSettings().database));
