import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { fastify } from 'fastify';
import { Registry } from 'prom-client';
import { SettingsError } from '../config/settings-error.js';
import { Settings } from '../config/settings.js';
import { AppError } from '../errors/app-error.js';
import { sendError } from '../errors/error.filter.js';
import { toAppError } from '../errors/framework-error.js';
import { requestId } from '../http/request-id.js';
import { StandardResponse } from '../http/standard-response.js';
import { MetricsToken } from './metrics-token.js';

/** Serves the metrics, and nothing else, at `METRICS_HOST` and `METRICS_PORT`. */
@Injectable()
export class MetricsListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MetricsListener.name);
  private readonly server = fastify({
    genReqId: requestId,
    forceCloseConnections: true,
    http: { ServerResponse: StandardResponse },
  });

  constructor(
    private readonly registry: Registry,
    private readonly token: MetricsToken,
    private readonly settings: Settings,
  ) {}

  /** @throws SettingsError where the port is taken or is not to be had */
  async onApplicationBootstrap(): Promise<void> {
    const { host, port } = this.settings.metrics ?? {};
    this.route();
    await this.server.listen({ host, port }).catch((error: unknown) => {
      throw new SettingsError([{ name: 'METRICS_PORT', rule: faultOf(error) }]);
    });
    this.logger.log(`Metrics are served on ${String(host)}, port ${String(port)}`);
  }

  /** Later than the service: its last requests can still be seen. */
  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
  }

  private route(): void {
    this.server.addHook('onRequest', (request, reply, done) => {
      void reply.header('x-request-id', request.id);
      done();
    });
    this.server.setNotFoundHandler((request, reply) => sendError(new AppError('not_found'), request, reply));
    this.server.setErrorHandler((thrown, request, reply) => {
      const error = toAppError(thrown);
      if (error.status >= 500) this.logger.error(thrown);
      return sendError(error, request, reply);
    });
    this.server.get('/metrics', async (request, reply) => {
      this.token.require(request);
      return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await this.registry.metrics());
    });
  }
}

function faultOf(error: unknown): string {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE'
    ? 'is taken on METRICS_HOST: something else listens there'
    : `cannot be listened on at METRICS_HOST (${code})`;
}
