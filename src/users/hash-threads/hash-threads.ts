import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HashThread } from './hash-thread.js';
import type { SlowFunctions, SlowName } from './slow-functions.js';

/**
 * Threads that do nothing but hash, so that neither the event loop nor SQLite, whose work goes through libuv's threads,
 * ever waits behind a hash. One is started when none is idle: how many there are is for the caller to bound.
 */
@Injectable()
export class HashThreads implements OnApplicationShutdown {
  private readonly idle: HashThread[] = [];

  /** Does the work in a thread. @throws whatever it threw there */
  async run<N extends SlowName>(
    name: N,
    ...values: Parameters<SlowFunctions[N]>
  ): Promise<ReturnType<SlowFunctions[N]>> {
    const thread = this.takeIdle() ?? new HashThread();
    try {
      return await thread.run({ name, values });
    } finally {
      if (thread.isAlive) this.idle.push(thread);
    }
  }

  /** After the last answer, so that nobody waits for what is idle by then. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((thread) => thread.end()));
  }

  private takeIdle(): HashThread | undefined {
    const thread = this.idle.pop();
    return thread?.isAlive === false ? this.takeIdle() : thread;
  }
}
