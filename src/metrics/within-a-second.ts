import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks, but not longer than a second, and never a second time while the first has no answer: a database that hangs must
 * neither hide everything else nor be asked more with each look.
 * @returns undefined without an answer in time
 */
export function withinASecond<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let asked: Promise<T | undefined> | undefined;
  return () => {
    asked ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      });
    return Promise.race([asked, sleep(1000, undefined, { ref: false })]);
  };
}
