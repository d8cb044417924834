import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from, as it is kept with a session. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string | null;
}

const LONGEST_USER_AGENT = 512;

/** The {@link Client} of the request. */
export const FromClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const { ip, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { ip, userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null };
});
