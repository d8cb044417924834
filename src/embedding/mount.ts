import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { StandardResponse } from '../http/standard-response.js';
import type { Gatehouse } from './gatehouse.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Of the service, but at the root whatever its path (RFC 8615). */
const WELL_KNOWN = ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'];

/**
 * Lets the service answer what is under its path, in front of all that listens on the server: neither the framework nor a
 * middleware of the application has touched such a request.
 */
export function mount(server: Server, gatehouse: Gatehouse): void {
  const others = server.listeners('request') as Listener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (isOurs(request.url ?? '', gatehouse.path)) {
      // Set by the server of the service, where it has one.
      Object.setPrototypeOf(response, StandardResponse.prototype as object);
      gatehouse.answer(request, response);
    } else for (const listener of others) listener.call(server, request, response);
  });
}

function isOurs(url: string, ours: string): boolean {
  const [path = ''] = url.split('?');
  return path === `/${ours}` || path.startsWith(`/${ours}/`) || WELL_KNOWN.includes(path);
}
