import { Reflector } from '@nestjs/core';

/** Opens a route to callers without a token. Every other route is closed. */
export const Public = Reflector.createDecorator<void, true>({ transform: () => true });
