import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

/** An event of a stream, as it came. */
export interface StreamedEvent {
  readonly id: string | undefined;
  readonly data: string;
  readonly comments: readonly string[];
}

/** Reads server-sent events as they come. */
export class EventStream {
  private text = '';
  private readonly pieces: AsyncIterator<string>;

  private constructor(private readonly response: IncomingMessage) {
    this.pieces = response.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
  }

  static async open(url: string, headers: Record<string, string>): Promise<EventStream> {
    const [response] = (await once(request(url, { headers, agent: false }).end(), 'response')) as [
      IncomingMessage,
    ];
    if (response.statusCode !== 200) throw new Error(`no stream: ${String(response.statusCode)}`);
    return new EventStream(response);
  }

  get headers(): IncomingMessage['headers'] {
    return this.response.headers;
  }

  /** The next event. @returns undefined at the end of the stream */
  async next(): Promise<StreamedEvent | undefined> {
    for (;;) {
      const [block, ...rest] = this.text.split('\n\n');
      if (rest.length > 0) {
        this.text = rest.join('\n\n');
        const event = parse(block ?? '');
        if (event.data !== '') return event;
      } else {
        const { done, value } = await this.pieces.next();
        if (done === true) return undefined;
        this.text += value;
      }
    }
  }

  cut(): void {
    this.response.destroy();
  }
}

function parse(block: string): StreamedEvent {
  const lines = block.split('\n');
  const valueOf = (name: string) =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const comments = lines.filter((line) => line.startsWith(':')).map((line) => line.slice(1).trim());
  return { id: valueOf('id'), data: valueOf('data') ?? '', comments };
}
