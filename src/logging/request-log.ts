import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';

/** What Fastify writes of a request: one line, when it is over. */
export class RequestLog extends LogController {
  constructor() {
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
    request.log.info(
      {
        method: request.method,
        path: loggedPath(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: request.ip,
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
