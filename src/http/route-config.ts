import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** An OAuth 2.0 endpoint: takes a form, and answers errors as RFC 6749 §5.2 does. */
    form?: boolean;
    /** Reads, and yet is recorded in the audit trail. */
    recordedRead?: boolean;
  }
}

/** Marks an OAuth 2.0 endpoint: `application/x-www-form-urlencoded` in, RFC 6749 errors out. */
export const OAuthEndpoint = (): MethodDecorator => RouteConfig({ form: true });

/** Marks a route that reads, and yet is recorded in the audit trail. */
export const RecordedRead = (): MethodDecorator => RouteConfig({ recordedRead: true });

/** Whether a request may have events of the audit trail: those of safe methods (RFC 9110 §9.2.1) have none. */
export function mayBeRecorded({ method, routeOptions }: FastifyRequest): boolean {
  return (method !== 'GET' && method !== 'HEAD') || routeOptions.config.recordedRead === true;
}
