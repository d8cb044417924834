import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 20_000;
const AGAIN_AFTER_MS = 50;

/** Waits until something that happens by itself has happened. @throws Error where it does not. */
export async function until(happened: () => boolean | Promise<boolean>, withinMs = WITHIN_MS): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error(`it did not happen: ${String(happened)}`);
    await sleep(AGAIN_AFTER_MS);
  }
}
