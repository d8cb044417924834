/** An event of a stream, as it came. */
export interface StreamedEvent {
  readonly id: string | undefined;
  readonly data: string;
  readonly comments: readonly string[];
}

/** Reads server-sent events as they come. */
export class EventStream {
  private ended = false;
  private text = '';

  private constructor(
    readonly response: Response,
    private readonly cutting: AbortController,
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
  ) {}

  static async open(url: string, headers: Record<string, string>): Promise<EventStream> {
    const cutting = new AbortController();
    const response = await fetch(url, { headers, signal: cutting.signal });
    if (response.status !== 200 || !response.body) throw new Error(`no stream: ${String(response.status)}`);
    return new EventStream(response, cutting, response.body.getReader());
  }

  /** The next event. @returns undefined at the end of the stream */
  async next(): Promise<StreamedEvent | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const event = parse(this.text.slice(0, end));
        this.text = this.text.slice(end + 2);
        if (event.data !== '') return event;
      } else if (this.ended) return undefined;
      else await this.read();
    }
  }

  cut(): void {
    this.cutting.abort();
  }

  private async read(): Promise<void> {
    const { done, value } = await this.reader.read();
    this.ended = done;
    if (value) this.text += Buffer.from(value).toString();
  }
}

function parse(block: string): StreamedEvent {
  const lines = block.split('\n');
  const valueOf = (name: string) =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const comments = lines.filter((line) => line.startsWith(':')).map((line) => line.slice(1).trim());
  return { id: valueOf('id'), data: valueOf('data') ?? '', comments };
}
