import { Worker } from 'node:worker_threads';
import type { SlowFunctions, SlowName, SlowOutcome, SlowTask } from './slow-functions.js';

const program = new URL('./thread-program.js', import.meta.url);

/** A thread that does one piece of work at a time. It keeps the process alive only while it does. */
export class HashThread {
  // It needs neither the settings, among them secrets, nor what the process was told to load or to trace.
  private readonly worker = new Worker(program, { env: {}, execArgv: [] });
  private settle: ((outcome: SlowOutcome) => void) | undefined;
  private alive = true;

  constructor() {
    this.worker.unref();
    this.worker.on('message', (outcome: SlowOutcome) => this.settle?.(outcome));
    this.worker.on('error', (error) => {
      this.fail(error);
    });
    this.worker.on('exit', () => {
      this.fail(new Error('the thread that hashes has ended'));
    });
  }

  /** Whether it can be given more work. */
  get isAlive(): boolean {
    return this.alive;
  }

  /** @throws whatever the work threw, or an Error where the thread ended over it */
  async run<N extends SlowName>(task: SlowTask<N>): Promise<ReturnType<SlowFunctions[N]>> {
    this.worker.ref();
    try {
      const outcome = await new Promise<SlowOutcome>((settle) => {
        this.settle = settle;
        this.worker.postMessage(task);
      });
      if ('error' in outcome) throw outcome.error;
      return outcome.value as ReturnType<SlowFunctions[N]>;
    } finally {
      this.worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: unknown): void {
    this.alive = false;
    this.settle?.({ error });
  }
}
