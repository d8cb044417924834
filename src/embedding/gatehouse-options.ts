import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { Extensions } from '../extensions/extensions.js';

/** How the service is set up within another application. */
export interface GatehouseOptions extends Extensions {
  /** Under which path its routes are, `auth` unless told. `/.well-known/*` stays at the root (RFC 8615). */
  readonly path?: string;
  /** Settings by their names in the environment, which counts for what is left out here. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: GATEHOUSE_OPTIONS } =
  new ConfigurableModuleBuilder<GatehouseOptions>().setClassMethodName('forRoot').build();
