const BLANK = '';

/** Reads the data of server-sent events out of a text that comes in pieces (HTML Standard §9.2). */
export class EventParser {
  private rest = '';
  private data: string[] = [];

  /** @param longest how long what makes one event may be */
  constructor(private readonly longest: number) {}

  /** @returns the data of the events that are complete. @throws RangeError where one is too long */
  push(text: string): string[] {
    // A piece may end between the two signs of one end of line.
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    const events = lines.flatMap((line) => this.take(line));
    const held = this.data.reduce((sum, { length }) => sum + length, this.rest.length);
    if (held > this.longest) throw new RangeError('an event is too long');
    return events;
  }

  private take(line: string): string[] {
    if (line === BLANK) return this.flush();
    const [, value] = /^data(?:: ?(.*))?$/.exec(line) ?? [undefined, undefined];
    if (/^data(:|$)/.test(line)) this.data.push(value ?? '');
    return [];
  }

  private flush(): string[] {
    const data = this.data.join('\n');
    this.data = [];
    return data === '' ? [] : [data];
  }
}
