const TELL_EVERY_MS = 2000;

/** Tells on a stream how far something is and how fast, every other second. */
export class Progress {
  private started: number;
  private startedAt = 0;
  private told: number;

  constructor(
    private readonly output: { write(text: string): unknown },
    private readonly now: () => number = () => performance.now(),
  ) {
    this.started = this.told = now();
  }

  /** Something else begins, of which so many are done already: its rate is another. */
  restart(done: number): void {
    this.started = this.now();
    this.startedAt = done;
  }

  /** @param what how far it is in words, `done` being its number */
  tell(done: number, what: string): void {
    const now = this.now();
    if (now - this.told < TELL_EVERY_MS) return;
    this.told = now;
    const rate = Math.round(((done - this.startedAt) / (now - this.started)) * 1000);
    this.output.write(`${what}, ${String(rate)} a second\n`);
  }
}
