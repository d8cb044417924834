import type { ImportCounts, ImportObserver } from '../users/transfer/user-import.service.js';
import type { Refusal } from '../users/transfer/record-reader.js';
import { Progress } from './progress.js';

/** Tells of an import on a stream while it goes on: each refused line at once, the progress every other second. */
export class ImportReport implements ImportObserver {
  private readonly told: Progress;

  constructor(
    private readonly output: { write(text: string): unknown },
    now?: () => number,
  ) {
    this.told = new Progress(output, now);
  }

  refused({ line, fault }: Refusal): void {
    this.output.write(`line ${String(line)}: ${fault}\n`);
  }

  progress({ lines }: ImportCounts): void {
    this.told.tell(lines, `${String(lines)} lines`);
  }
}
