import type { Logger } from '@nestjs/common';

/** Does something again and again, for as long as something else keeps the process alive; a failure is logged. */
export function every(ms: number, work: () => Promise<void>, logger: Logger): NodeJS.Timeout {
  return setInterval(() => {
    work().catch((error: unknown) => {
      logger.error(error);
    });
  }, ms).unref();
}
