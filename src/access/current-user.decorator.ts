import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Identity } from './identity.js';

/** The {@link Identity} of the caller. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  return context.switchToHttp().getRequest<FastifyRequest & { user: Identity }>().user;
});
