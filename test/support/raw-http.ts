import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends bytes as they are, waits until the other side hangs up, and gives its answer. @returns undefined without one */
export async function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const text = (await buffer(socket)).toString();
  return text === '' ? undefined : parseAnswer(text);
}

/** A request in HTTP/1.1 of these header lines and this body, whatever they say of each other. */
export function rawRequest(start: string, lines: readonly string[] = [], body = ''): string {
  return [`${start} HTTP/1.1`, 'Host: gatehouse', 'Connection: close', ...lines, '', body].join('\r\n');
}

function parseAnswer(text: string): RawAnswer {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [start = '', ...lines] = head.split('\r\n');
  const headers = lines
    .map((line) => line.split(/: *(.*)/s))
    .map(([name = '', value = '']) => [name.toLowerCase(), value]);
  return {
    status: Number(start.split(' ')[1]),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
  };
}
