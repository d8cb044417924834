import { Reflector } from '@nestjs/core';

/**
 * Which limit a route has beside the default one: `login` counts attempts at an account; `mail` counts mails to one
 * address; `caller` counts by who calls and not by address; `none` takes the route out of all limits, for probes, and for
 * signing out and discovery, which others at the same address must not be able to keep anybody from.
 */
export const Throttle = Reflector.createDecorator<'login' | 'mail' | 'caller' | 'none'>();
