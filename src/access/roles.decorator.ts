import { Reflector } from '@nestjs/core';
import type { Role } from './role.js';

/** What {@link Roles} leaves for the guard to read. */
export const RequiredRoles = Reflector.createDecorator<readonly Role[]>();

/** Lets in only who holds at least one of these roles: `@Roles('admin')`. */
export const Roles = (...roles: Role[]): MethodDecorator & ClassDecorator => RequiredRoles(roles);
