import type { ExecutionContext, Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FreshToken } from './fresh-token.decorator.js';
import { Public } from './public.decorator.js';
import { RequiredRoles } from './roles.decorator.js';
import { onceForEachRoute } from './route-metadata.js';

type Target = Type | ReturnType<ExecutionContext['getHandler']>;

const reflector = new Reflector();
const says = ({ KEY }: { readonly KEY: string }, target: Target) =>
  reflector.get<unknown>(KEY, target) !== undefined;
const closes = (target: Target) => says(RequiredRoles, target) || says(FreshToken, target);

/**
 * Whether a route is open to callers without a token: what its handler says goes before what its class says, and who may
 * come in, by `@Roles()` or `@FreshToken()`, before `@Public()` beside it.
 */
export const isOpen = onceForEachRoute((handler, controller) => {
  const target = [handler, controller].find((each) => says(Public, each) || closes(each));
  return target !== undefined && !closes(target);
});
