import { RouteConfig } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** An OAuth 2.0 endpoint: takes a form, and answers errors as RFC 6749 §5.2 does. */
    form?: boolean;
  }
}

/** Marks an OAuth 2.0 endpoint: `application/x-www-form-urlencoded` in, RFC 6749 errors out. */
export const OAuthEndpoint = (): MethodDecorator => RouteConfig({ form: true });
