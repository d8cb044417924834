import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Lets Nest's `Logger` write into the service's own log; what the framework says of its start is for debugging. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger[context !== undefined && FRAMEWORK.has(context) ? 'debug' : 'info'](
      { context },
      text(message),
    );
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, text(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, text(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, text(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const [context, stack] = rest.reverse();
    this.logger.error({ context, stack, err: message instanceof Error ? message : undefined }, text(message));
  }

  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, text(message));
  }
}

function text(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
