import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** What stands on every answer, also on those that are given before a route or a hook is reached. */
export function standardHeaders(requestId: string): Record<string, string> {
  return { ...securityHeaders, 'X-Request-Id': requestId, 'Cache-Control': 'no-store' };
}

const securityHeaders = collectSecurityHeaders();

/** They are the same for every answer, so they are asked for once. */
function collectSecurityHeaders(): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  // A page served over plain HTTP on a laptop must be able to load its own scripts.
  const secure = helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  secure(response.req, response, () => undefined);
  return response.getHeaders() as Record<string, string>;
}
