import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { StandardResponse } from '../http/standard-response.js';
import type { Gatehouse } from './gatehouse.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Of the service, but at the root whatever its path (RFC 8615). */
const WELL_KNOWN = ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'];

const served = new WeakSet<Server>();

/**
 * Lets the service answer what is under its path, in front of all that listens on the server: neither the framework nor a
 * middleware of the application has touched such a request.
 * @throws Error where that could not be told from the application's, or another service is there already
 */
export function mount(server: Server, gatehouse: Gatehouse): void {
  if (gatehouse.path === '')
    throw new Error("GatehouseModule needs a path such as auth, to tell its routes from the application's");
  if (served.has(server))
    throw new Error('GatehouseModule is imported twice: call its forRoot in one module');
  served.add(server);
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
