import type { FastifyInstance, HTTPMethods } from 'fastify';
import createRouter, { type HTTPMethod } from 'find-my-way';

/** Which methods a path takes: what a 405 must say in `Allow` (RFC 9110 §15.5.6), which the router itself cannot tell. */
export class AllowedMethods {
  private readonly router = createRouter();
  private readonly methods = new Set<HTTPMethods>();

  /** Notes every route that is registered from now on, but for the one that answers preflights on any path. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) if (each !== 'OPTIONS') this.add(each, url);
    });
  }

  of(path: string): string[] {
    return [...this.methods].filter((method) => this.router.find(method as HTTPMethod, path) !== null);
  }

  private add(method: HTTPMethods, path: string): void {
    this.methods.add(method);
    if (!this.router.hasRoute(method as HTTPMethod, path)) {
      this.router.on(method as HTTPMethod, path, () => undefined);
    }
  }
}
