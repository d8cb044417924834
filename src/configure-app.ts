import cookie from '@fastify/cookie';
import type { NestApplicationOptions } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { enterRequest } from './access/request-context.js';
import { Settings } from './config/settings.js';
import { serveApiDocs } from './docs/api-docs.js';
import { AppError } from './errors/app-error.js';
import { sendError } from './errors/error.filter.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { bodyParsers } from './http/body-parsers.js';
import { requireBodyType } from './http/body-type.js';
import { normalizeForwardedFor } from './http/forwarded-for.js';
import { refuseBrokenRequest } from './http/broken-request.js';
import { closeConnectionsSoon } from './http/close-connections.js';
import { corsOptions, isPlainOptions } from './http/cors-options.js';
import { requireHost } from './http/host-header.js';
import { requestId } from './http/request-id.js';
import { RequestPipe } from './http/request.pipe.js';
import { mayBeRecorded } from './http/route-config.js';
import { StandardResponse } from './http/standard-response.js';
import { NestLogger } from './logging/nest-logger.js';
import { RequestLog } from './logging/request-log.js';
import { requestLogger } from './logging/request-logger.js';
import { withoutRedaction } from './logging/logger.js';

const BODY_LIMIT_BYTES = 16 * 1024;
// For a header and a body of 16 KiB each; without it a client could hold its connection for ever.
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP server under the service. */
export function createAdapter({ trustProxy }: Settings, logger: Logger): FastifyAdapter {
  const requestLog = new RequestLog(withoutRedaction(logger));
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: requestLog,
    childLoggerFactory: requestLogger,
    // There is no middleware of Nest to run.
    skipMiddie: true,
    requestIdHeader: false,
    genReqId: requestId,
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Who still has a connection while the server closes is answered.
    return503OnClosing: false,
    http: { requireHostHeader: false, ServerResponse: StandardResponse },
    frameworkErrors: refuseUnroutable(requestLog),
    clientErrorHandler: refuseBrokenRequest,
  });
}

export function applicationOptions(logger: Logger): NestApplicationOptions {
  return { logger: new NestLogger(logger), abortOnError: false };
}

/** All that stands between the server and the controllers, the same for `main.ts` and for the tests. */
export async function configureApp(app: NestFastifyApplication): Promise<void> {
  const settings = app.get(Settings);
  const server = app.getHttpAdapter().getInstance();
  const allowedMethods = new AllowedMethods();

  allowedMethods.watch(server);
  server.addHook('onRequest', (request, reply, done) => {
    normalizeForwardedFor(request.raw);
    void reply.header('x-request-id', request.id);
    // Sent, not thrown: the route of the plugin for CORS is older than the error filter.
    if (isPlainOptions(request)) void sendError(unrouted(allowedMethods, request), request, reply);
    else done();
  });
  closeConnectionsSoon(server);
  await app.register(cookie);
  if (settings.corsOrigins.length > 0)
    await app.register(import('@fastify/cors'), corsOptions(settings.corsOrigins));
  server.addHook('onRequest', (request, _reply, done) => {
    requireHost(request);
    if (request.is404) throw unrouted(allowedMethods, request);
    requireBodyType(request);
    done();
  });
  // Once the body is read: its events belong to the connection, and would lose what was entered before.
  server.addHook('preHandler', (request, reply, done) => {
    if (mayBeRecorded(request)) enterRequest(request, reply, done);
    else done();
  });
  // Node would answer an expectation that it does not know by itself; it may be ignored (RFC 9110 §10.1.1).
  const http = app.getHttpServer();
  http.on('checkExpectation', (request, response) => http.emit('request', request, response));

  for (const [type, parse] of Object.entries(bodyParsers))
    app.useBodyParser(type, { bodyLimit: BODY_LIMIT_BYTES }, parse);
  if (settings.apiPrefix !== '') app.setGlobalPrefix(settings.apiPrefix, { exclude: ['.well-known/*path'] });
  app.useGlobalPipes(new RequestPipe());
  serveApiDocs(app, settings.apiPrefix);
}

/** A path that takes other methods, or none. */
function unrouted(allowedMethods: AllowedMethods, request: FastifyRequest): AppError {
  const allow = allowedMethods.of(request.url.split('?')[0] ?? '/');
  return allow.length > 0 ? new AppError('method_not_allowed', { allow }) : new AppError('not_found');
}

/** A URL that cannot be decoded meets no hook: it is answered and logged here, like any other unknown path. */
function refuseUnroutable(requestLog: RequestLog) {
  return (_error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    void reply.header('x-request-id', request.id);
    void sendError(new AppError('not_found'), request, reply);
    requestLog.requestCompleted(null, request, reply);
  };
}
