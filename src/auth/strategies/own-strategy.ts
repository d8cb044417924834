import type { IAuthModuleOptions } from '@nestjs/passport';
import type { Strategy } from 'passport';

/**
 * What a guard is told to ask this very strategy. By name it would be whichever was registered last in the process, which
 * may be that of another application. Passport puts on a strategy what belongs to one request: each gets its own object.
 */
export function ownStrategy(strategy: Strategy): IAuthModuleOptions {
  return {
    get defaultStrategy() {
      return Object.create(strategy) as string;
    },
  };
}

/** A registry that keeps nothing: so a strategy stays out of the one that all applications of a process share. */
export const noRegistry = { use: (): void => undefined };
