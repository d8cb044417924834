import type { ImportCounts, ImportObserver } from '../users/transfer/user-import.service.js';
import type { Refusal } from '../users/transfer/record-reader.js';

const PROGRESS_EVERY_MS = 2000;

/** Tells of an import on a stream while it goes on: each refused line at once, the progress every other second. */
export class ImportReport implements ImportObserver {
  private readonly started: number;
  private told: number;

  constructor(
    private readonly output: { write(text: string): unknown },
    private readonly now: () => number = () => performance.now(),
  ) {
    this.started = this.told = now();
  }

  refused({ line, fault }: Refusal): void {
    this.output.write(`line ${String(line)}: ${fault}\n`);
  }

  progress({ lines }: ImportCounts): void {
    const now = this.now();
    if (now - this.told < PROGRESS_EVERY_MS) return;
    this.told = now;
    const rate = Math.round((lines / (now - this.started)) * 1000);
    this.output.write(`${String(lines)} lines, ${String(rate)} a second\n`);
  }
}
