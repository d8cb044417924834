import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 20_000;
const MIN_PAUSE_MS = 5;
const MAX_PAUSE_MS = 50;

/** Waits until something that happens by itself has happened. @throws Error where it does not. */
export async function until(happened: () => boolean | Promise<boolean>, withinMs = WITHIN_MS): Promise<void> {
  const deadline = Date.now() + withinMs;
  // Many conditions are met within a few milliseconds. The others are not checked more often than they need.
  for (let pause = MIN_PAUSE_MS; !(await happened()); pause = Math.min(pause * 1.5, MAX_PAUSE_MS)) {
    if (Date.now() > deadline) throw new Error(`it did not happen: ${String(happened)}`);
    await sleep(pause);
  }
}
