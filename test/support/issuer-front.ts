import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (incoming: IncomingMessage, response: ServerResponse) => void;

/** Stands between a service and those who ask it: it counts, may answer in its place, cut what is open, or be away. */
export class IssuerFront {
  /** How often each path was asked for. */
  readonly counts = new Map<string, number>();
  private readonly replaced = new Map<string, Answer>();
  private isAway = false;

  private constructor(
    private readonly server: Server,
    /** Where the service is. */
    private readonly target: string,
  ) {
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      this.answer(incoming, response);
    });
  }

  static async start(target: string): Promise<IssuerFront> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new IssuerFront(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** How often it was asked for anything. */
  get count(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Answers a path itself, until it is told to hand it on again. */
  replace(path: string, answer: Answer): void {
    this.replaced.set(path, answer);
  }

  handOn(path: string): void {
    this.replaced.delete(path);
  }

  /** Cuts all connections. */
  cut(): void {
    this.server.closeAllConnections();
  }

  /** Cuts all connections, and answers nobody until it comes back. */
  goAway(): void {
    this.isAway = true;
    this.cut();
  }

  comeBack(): void {
    this.isAway = false;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private answer(incoming: IncomingMessage, response: ServerResponse): void {
    const [path = ''] = (incoming.url ?? '').split('?');
    this.counts.set(path, (this.counts.get(path) ?? 0) + 1);
    if (this.isAway) incoming.socket.destroy();
    else (this.replaced.get(path) ?? this.pass)(incoming, response);
  }

  private readonly pass: Answer = ({ url, method, headers }, response) => {
    const onward = request(new URL(url ?? '', this.target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on('error', () => response.destroy()).pipe(response);
      response.on('close', () => answer.destroy());
    });
    onward.on('error', () => response.destroy());
    onward.end();
  };
}
