import type { ChildProcess } from 'node:child_process';
import { end } from './child-process.js';
import { until } from './until.js';

/** A process that answers at an address until it is stopped. */
export class ServingCommand {
  private written = '';

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.written += chunk.toString()));
  }

  /** What it has written so far. */
  get output(): string {
    return this.written;
  }

  /** Waits until it answers at an address, with whatever. @throws Error with what it wrote, where it does not */
  async untilAnswering(url: string, withinMs: number): Promise<void> {
    const answers = async () => {
      if (this.child.exitCode !== null) throw new Error('it has ended');
      return (await fetch(url).catch(() => undefined)) !== undefined;
    };
    await until(answers, withinMs).catch((cause: unknown) => {
      throw new Error(`it does not answer:\n${this.written}`, { cause });
    });
  }

  /** Ends it as Ctrl+C does, and all that it started. */
  async stop(): Promise<void> {
    await end(this.child, 'SIGINT');
  }
}
