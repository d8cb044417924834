import { Reflector } from '@nestjs/core';

/**
 * Which limit a route has beside the default one: `login` counts attempts at an account; `mail` counts mails to one
 * address; `none` takes the route out of all limits, for probes.
 */
export const Throttle = Reflector.createDecorator<'login' | 'mail' | 'none'>();
