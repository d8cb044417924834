// What the package gives to a service that only verifies; everything else may change without notice.
export { CurrentUser } from '../access/current-user.decorator.js';
export { FreshToken } from '../access/fresh-token.decorator.js';
export type { Identity } from '../access/identity.js';
export { Public } from '../access/public.decorator.js';
export type { Role } from '../access/role.js';
export { Roles } from '../access/roles.decorator.js';
export { Refusal, type RefusalCode } from './refusal.js';
export type { ResourceServerOptions } from './resource-server-options.js';
export { ResourceServerModule } from './resource-server.module.js';
export { RevocationMirror } from './revocation-mirror.js';
