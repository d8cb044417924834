import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Extensions } from '../extensions/extensions.js';

/** How the service is set up within another application. */
export interface GatehouseOptions extends Extensions {
  /**
   * The application's own data source, on PostgreSQL, in place of connections of the service's own. Its entities hold
   * `...gatehouseEntities`, and `DATABASE_URL` names the same database: there the schema is brought up to date.
   */
  readonly dataSource?: DataSource;
  /** Under which path its routes are, `auth` unless told. `/.well-known/*` stays at the root (RFC 8615). */
  readonly path?: string;
  /** Settings by their names in the environment, which counts for what is left out here. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: GATEHOUSE_OPTIONS } =
  new ConfigurableModuleBuilder<GatehouseOptions>().setClassMethodName('forRoot').build();
