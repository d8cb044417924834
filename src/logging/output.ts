import { pino, type DestinationStream } from 'pino';

/**
 * The standard output, written to once for all lines of one turn of the event loop: under load a system call for each
 * line is as much work as the request that it is about.
 */
export function standardOutput(): DestinationStream {
  const stream = pino.destination({ dest: 1, sync: true });
  let lines = '';
  const flush = (): void => {
    if (lines !== '') stream.write(lines);
    lines = '';
  };
  process.once('exit', flush);
  return {
    write: (line) => {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}
