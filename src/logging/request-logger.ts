import type { FastifyBaseLogger } from 'fastify';
import type { Bindings, ChildLoggerOptions, LogFn } from 'pino';

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

  get fatal(): LogFn {
    return this.logger.fatal.bind(this.logger);
  }

  get error(): LogFn {
    return this.logger.error.bind(this.logger);
  }

  get warn(): LogFn {
    return this.logger.warn.bind(this.logger);
  }

  get info(): LogFn {
    return this.logger.info.bind(this.logger);
  }

  get debug(): LogFn {
    return this.logger.debug.bind(this.logger);
  }

  get trace(): LogFn {
    return this.logger.trace.bind(this.logger);
  }

  get silent(): LogFn {
    return this.logger.silent.bind(this.logger);
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
