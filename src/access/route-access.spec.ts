import type { ExecutionContext } from '@nestjs/common';
import { FreshToken } from './fresh-token.decorator.js';
import { isOpen, requiredRoles, wantsFreshToken } from './route-access.js';
import { Public } from './public.decorator.js';
import { Roles } from './roles.decorator.js';

class Closed {
  plain(): object {
    return {};
  }
  @Public() open(): object {
    return {};
  }
  @Public() @Roles('admin') both(): object {
    return {};
  }
}

@Public()
class Open {
  plain(): object {
    return {};
  }
  @Roles('admin') ofAdmins(): object {
    return {};
  }
  @FreshToken() fresh(): object {
    return {};
  }
}

@Roles('admin')
class OfAdmins {
  plain(): object {
    return {};
  }
  @Public() open(): object {
    return {};
  }
}

@Public()
@FreshToken()
class Contradictory {
  plain(): object {
    return {};
  }
}

const routeOf = <T extends object>(controller: new () => T, name: keyof T) =>
  ({
    getClass: () => controller,
    getHandler: () => (controller.prototype as T)[name],
  }) as unknown as ExecutionContext;

describe('a route is open', () => {
  it.each([
    ['its handler says so', routeOf(Closed, 'open')],
    ['its class says so', routeOf(Open, 'plain')],
    ['its handler says so in a class of admins', routeOf(OfAdmins, 'open')],
  ])('where %s', (_, route) => {
    expect([isOpen(route), isOpen(route)]).toEqual([true, true]);
  });

  it.each([
    ['where nobody says so', routeOf(Closed, 'plain')],
    ['where its handler wants a role, whatever its class says', routeOf(Open, 'ofAdmins')],
    ['where its handler wants a fresh token, whatever its class says', routeOf(Open, 'fresh')],
    ['where its handler says both', routeOf(Closed, 'both')],
    ['where its class says both', routeOf(Contradictory, 'plain')],
    ['where its class wants a role', routeOf(OfAdmins, 'plain')],
  ])('not %s', (_, route) => {
    expect([isOpen(route), isOpen(route)]).toEqual([false, false]);
  });
});

describe('a route asks for', () => {
  it.each([
    ['nothing where it is open, whatever its class says', routeOf(OfAdmins, 'open'), undefined, false],
    ['a role where its class says so', routeOf(OfAdmins, 'plain'), ['admin'], false],
    ['a role where its handler says so', routeOf(Open, 'ofAdmins'), ['admin'], false],
    ['a fresh token where its handler says so', routeOf(Open, 'fresh'), undefined, true],
    ['a fresh token where its class says so', routeOf(Contradictory, 'plain'), undefined, true],
    ['no more than a token where nobody says so', routeOf(Closed, 'plain'), undefined, false],
  ])('%s', (_, route, roles, isFresh) => {
    expect([requiredRoles(route), wantsFreshToken(route)]).toEqual([roles, isFresh]);
  });
});
