import type { ExecutionContext, Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FreshToken } from './fresh-token.decorator.js';
import { Public } from './public.decorator.js';
import type { Role } from './role.js';
import { RequiredRoles } from './roles.decorator.js';
import { onceForEachRoute } from './route-metadata.js';

type Target = Type | ReturnType<ExecutionContext['getHandler']>;

const reflector = new Reflector();
const says = ({ KEY }: { readonly KEY: string }, target: Target) =>
  reflector.get<unknown>(KEY, target) !== undefined;
const closes = (target: Target) => says(RequiredRoles, target) || says(FreshToken, target);

const accessTo = onceForEachRoute((handler, controller) => {
  const targets = [handler, controller];
  const target = targets.find((each) => says(Public, each) || closes(each));
  const isOpen = target !== undefined && !closes(target);
  return {
    isOpen,
    roles: isOpen ? undefined : reflector.getAllAndOverride(RequiredRoles, targets),
    isFresh: !isOpen && targets.some((each) => says(FreshToken, each)),
  };
});

/**
 * Whether a route is open to callers without a token: what its handler says goes before what its class says, and who may
 * come in, by `@Roles()` or `@FreshToken()`, before `@Public()` beside it.
 */
export function isOpen(context: ExecutionContext): boolean {
  return accessTo(context).isOpen;
}

/** The roles of which a caller needs one; undefined where any caller will do. */
export function requiredRoles(context: ExecutionContext): readonly Role[] | undefined {
  return accessTo(context).roles;
}

export function wantsFreshToken(context: ExecutionContext): boolean {
  return accessTo(context).isFresh;
}
