// What the package gives to an application that has the service in it; everything else may change without notice.
export { CurrentUser } from '../access/current-user.decorator.js';
export { FreshToken } from '../access/fresh-token.decorator.js';
export type { Identity } from '../access/identity.js';
export { Public } from '../access/public.decorator.js';
export type { Role } from '../access/role.js';
export { Roles } from '../access/roles.decorator.js';
export type { SettingsError } from '../config/settings-error.js';
export { entities as gatehouseEntities } from '../database/entities.js';
export type { AppError } from '../errors/app-error.js';
export type { Extensions, KnownUser } from '../extensions/extensions.js';
export type { Letter } from '../mail/letter.js';
export type { AuditedEvent } from '../telemetry/telemetry.js';
export { GatehouseGuard } from './gatehouse.guard.js';
export { GatehouseModule } from './gatehouse.module.js';
export type { GatehouseOptions } from './gatehouse-options.js';
export { Gatehouse } from './gatehouse.js';
