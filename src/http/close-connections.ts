import type { FastifyInstance } from 'fastify';

const LOOKS_EVERY_MS = 50;
const ENDS_WITHIN_MS = 8000;

/**
 * Lets the server close soon: connections that idle are closed, also those that were answering when it began, and after
 * 8 seconds all of them. What was accepted before that is answered.
 */
export function closeConnectionsSoon(server: FastifyInstance): void {
  server.addHook('preClose', (done) => {
    const http = server.server;
    const looks = setInterval(() => {
      http.closeIdleConnections();
    }, LOOKS_EVERY_MS);
    const end = setTimeout(() => {
      http.closeAllConnections();
    }, ENDS_WITHIN_MS);
    http.once('close', () => {
      clearInterval(looks);
      clearTimeout(end);
    });
    done();
  });
}
