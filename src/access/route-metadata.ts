import type { ExecutionContext, Type } from '@nestjs/common';
import { Reflector, type ReflectableDecorator } from '@nestjs/core';

type Handler = ReturnType<ExecutionContext['getHandler']>;

const reflector = new Reflector();

/**
 * What a decorator says of the route that is asked for; the handler's own goes before that of its class. Looked up once
 * for each route: it never changes, and every request asks for several.
 */
export function routeMetadata<Given, Kept>(
  decorator: ReflectableDecorator<Given, Kept>,
): (context: ExecutionContext) => Kept | undefined {
  const known = new Map<Type, Map<Handler, Kept | undefined>>();
  return (context) => {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    const routes = known.get(controller) ?? new Map<Handler, Kept | undefined>();
    if (!routes.has(handler)) {
      routes.set(handler, reflector.getAllAndOverride(decorator, [handler, controller]));
      known.set(controller, routes);
    }
    return routes.get(handler);
  };
}
