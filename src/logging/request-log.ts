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

  /** The query is left out: it is where people put secrets by mistake. */
  override requestCompleted(
    _error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?')[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: request.ip,
      },
      'request',
    );
  }
}
