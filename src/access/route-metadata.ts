import type { ExecutionContext, Type } from '@nestjs/common';
import { Reflector, type ReflectableDecorator } from '@nestjs/core';

type Handler = ReturnType<ExecutionContext['getHandler']>;

const reflector = new Reflector();

/** What a decorator says of the route that is asked for; the handler's own goes before that of its class. */
export function routeMetadata<Given, Kept>(
  decorator: ReflectableDecorator<Given, Kept>,
): (context: ExecutionContext) => Kept | undefined {
  return onceForEachRoute<Kept | undefined>((handler, controller) =>
    reflector.getAllAndOverride(decorator, [handler, controller]),
  );
}

/** Looks up what is told of a route once: it never changes, and every request asks for several. */
export function onceForEachRoute<T>(
  lookUp: (handler: Handler, controller: Type) => T,
): (context: ExecutionContext) => T {
  const known = new Map<Type, Map<Handler, { readonly found: T }>>();
  return (context) => {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    const routes = known.get(controller) ?? new Map<Handler, { readonly found: T }>();
    const route = routes.get(handler) ?? { found: lookUp(handler, controller) };
    if (!routes.has(handler)) known.set(controller, routes.set(handler, route));
    return route.found;
  };
}
