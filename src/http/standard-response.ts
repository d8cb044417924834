import {
  ServerResponse,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
} from 'node:http';
import { standardHeaders } from './standard-headers.js';

const standard = Object.entries(standardHeaders).map(([name, value]) => ({
  name,
  line: `${name}: ${value}\r\n`,
}));
const allLines = standard.map(({ line }) => line).join('');

/** The head of an answer as Node keeps it between writing and sending it: a text that ends with an empty line. */
interface WrittenHead {
  _header: string;
}
const END = '\r\n';

/**
 * An answer with the {@link standardHeaders}, but for those that it sets itself. Node would check and spell each of them
 * for every answer anew, which takes longer than all the rest of the head: so their lines, which are the same for all,
 * are put into it as they are.
 */
export class StandardResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  override writeHead(
    status: number,
    reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
    headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    const own = typeof reason === 'object' ? reason : (headers ?? {});
    const due = standard.filter(({ name }) => !(name in own) && !this.hasHeader(name));
    super.writeHead(status, reason as string, headers);
    const written = this as unknown as WrittenHead;
    const lines = due.length === standard.length ? allLines : due.map(({ line }) => line).join('');
    written._header = written._header.slice(0, -END.length) + lines + END;
    return this;
  }
}
