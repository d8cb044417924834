import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { standardOutput } from './output.js';
import { serializeError } from './serialize-error.js';

// The last line of defence: nothing logs a secret on purpose, and these never pass even by accident.
const SECRETS = [
  'password',
  'new_password',
  'current_password',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'cookie',
  'set-cookie',
];

const format: LoggerOptions = {
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: serializeError },
};

/** The service's logger: JSON lines, times in UTC, secrets redacted. */
export function createLogger(level: string, destination: DestinationStream = standardOutput()): Logger {
  const paths = SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);
  return pino({ ...format, level, redact: { paths, censor: '[redacted]' } }, destination);
}

/**
 * Writes where the logger writes, for lines of fixed fields that hold no secret: to look for one in every line of every
 * request costs as much as the request.
 */
export function withoutRedaction(logger: Logger): Logger {
  const { level, [pino.symbols.streamSym]: destination } = logger as Logger & {
    [pino.symbols.streamSym]: DestinationStream;
  };
  return pino({ ...format, level }, destination);
}
