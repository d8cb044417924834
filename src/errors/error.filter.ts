import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from './app-error.js';
import { errorBody } from './error-body.js';
import { errorHeaders } from './error-headers.js';
import { toAppError } from './framework-error.js';

declare module 'fastify' {
  interface FastifyReply {
    /** What was refused, where the answer is a refusal. */
    refusal?: AppError;
  }
}

/** The one place that decides what a refused caller is told, and what goes to the log instead. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toAppError(thrown);
    logRefusal(error, request);
    if (reply.sent) return;
    void sendError(error, request, reply);
  }
}

export function sendError(error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.refusal = error;
  return (
    reply
      .status(error.status)
      .headers(errorHeaders(error))
      // The route may have said already that its answers are of another type.
      .type('application/json; charset=utf-8')
      .send(errorBody(error, { oauth: isOAuth(request) }))
  );
}

function isOAuth(request: FastifyRequest): boolean {
  return request.routeOptions.config.form === true;
}

function logRefusal(error: AppError, request: FastifyRequest): void {
  const { detail } = error.facts;
  if (error.status >= 500) request.log.error({ err: error.cause, code: error.code, detail }, error.message);
  else if (detail !== undefined) request.log.info({ code: error.code, detail }, error.message);
}
