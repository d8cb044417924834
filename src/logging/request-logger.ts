import type { FastifyBaseLogger } from 'fastify';
import type { Bindings, ChildLoggerOptions } from 'pino';

type LogFnArguments = [what: object | string, message?: string, ...values: unknown[]];

/** The logger of one request, whose lines carry its id. Made when the first line is written: few requests have one. */
class RequestLogger implements FastifyBaseLogger {
  private made: FastifyBaseLogger | undefined;

  constructor(
    private readonly parent: FastifyBaseLogger,
    private readonly bindings: Bindings,
    private readonly options: ChildLoggerOptions,
  ) {}

  get level(): string {
    return this.logger.level;
  }

  fatal(...line: LogFnArguments): void {
    this.logger.fatal(...line);
  }

  error(...line: LogFnArguments): void {
    this.logger.error(...line);
  }

  warn(...line: LogFnArguments): void {
    this.logger.warn(...line);
  }

  info(...line: LogFnArguments): void {
    this.logger.info(...line);
  }

  debug(...line: LogFnArguments): void {
    this.logger.debug(...line);
  }

  trace(...line: LogFnArguments): void {
    this.logger.trace(...line);
  }

  silent(...line: LogFnArguments): void {
    this.logger.silent(...line);
  }

  child(bindings: Bindings, options?: ChildLoggerOptions): FastifyBaseLogger {
    return this.logger.child(bindings, options);
  }

  private get logger(): FastifyBaseLogger {
    return (this.made ??= this.parent.child(this.bindings, this.options));
  }
}

/** What Fastify makes the logger of a request by. */
export function requestLogger(
  parent: FastifyBaseLogger,
  bindings: Bindings,
  options: ChildLoggerOptions,
): FastifyBaseLogger {
  return new RequestLogger(parent, bindings, options);
}
