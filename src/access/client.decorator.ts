import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { plainAddress } from './plain-address.js';

/** Where a request comes from, as it is kept with a session. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string | null;
}

const LONGEST_USER_AGENT = 512;

export function clientOf({ ip, headers }: FastifyRequest): Client {
  return { ip: plainAddress(ip), userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null };
}

/** The {@link Client} of the request. */
export const FromClient = createParamDecorator((_: unknown, context: ExecutionContext): Client =>
  clientOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
