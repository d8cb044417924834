import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/**
 * What stands on every answer that sets nothing else by the same name, in small letters. It is the same for all, so it
 * is asked for once.
 */
export const standardHeaders: Readonly<Record<string, string>> = {
  ...collectSecurityHeaders(),
  'cache-control': 'no-store',
};

function collectSecurityHeaders(): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  // A page served over plain HTTP on a laptop must be able to load its own scripts.
  const secure = helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  secure(response.req, response, () => undefined);
  return response.getHeaders() as Record<string, string>;
}
