import { pino, type DestinationStream } from 'pino';

const HOLDS_BYTES = 8 * 1024;

/**
 * The standard output, written to once for all lines of one turn of the event loop: under load a system call for each
 * line is as much work as the request that it is about.
 */
export function standardOutput(): DestinationStream {
  const stream = pino.destination({ dest: 1, sync: true, minLength: HOLDS_BYTES });
  let isDue = false;
  const flush = (): void => {
    isDue = false;
    stream.flushSync();
  };
  process.once('exit', flush);
  return {
    write: (line) => {
      stream.write(line);
      if (!isDue) setImmediate(flush);
      isDue = true;
    },
  };
}
