import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { plainAddress } from '../access/plain-address.js';

/** What Fastify writes of a request: one line, when it is over. */
export class RequestLog extends LogController {
  /** @param lines where they go */
  constructor(private readonly lines: Pick<Logger, 'info'>) {
    super({ requestIdLogLabel: 'request_id' });
  }

  override incomingRequest(): void {
    // Said when the request is over.
  }

  override routeNotFound(): void {
    // The line of the request has the status.
  }

  override requestCompleted(
    _error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    this.lines.info(
      {
        request_id: request.id,
        method: request.method,
        path: loggedPath(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: plainAddress(request.ip),
      },
      'request',
    );
  }
}

const LONGEST_SEGMENT = 32;

/** The route, not the URL: a path or a query is where people put secrets by mistake. */
function loggedPath({ routeOptions, url }: FastifyRequest): string {
  if (routeOptions.url !== undefined) return routeOptions.url;
  const [path = ''] = url.split('?');
  return path
    .split('/')
    .map((segment) => (segment.length > LONGEST_SEGMENT ? '…' : segment))
    .join('/');
}
