import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A value that all which follows from a call knows without being handed it.
 *
 * Node pays for that with hooks on every promise of the process, whoever made it (until Node 24). So they are in place
 * only while somebody has a value: a request that needs none costs nothing.
 */
export class Ambient<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private runs = 0;

  /** @returns undefined outside of any {@link run} */
  get(): T | undefined {
    return this.storage.getStore();
  }

  /** Lets all that `work` does know `value`, until its promise is settled. */
  async run<R>(value: T, work: () => Promise<R>): Promise<R> {
    this.runs += 1;
    try {
      return await this.storage.run(value, work);
    } finally {
      this.runs -= 1;
      if (this.runs === 0) this.storage.disable();
    }
  }
}
