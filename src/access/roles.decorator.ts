import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import type { Role } from './role.js';

/** What {@link Roles} leaves for the guard to read. */
export const RequiredRoles = Reflector.createDecorator<readonly Role[]>();

/** Lets in only who holds at least one of these roles, and says so in the API description: `@Roles('admin')`. */
export const Roles = (...roles: Role[]): MethodDecorator & ClassDecorator =>
  applyDecorators(RequiredRoles(roles), ApiExtension('x-roles', roles));
