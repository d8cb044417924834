// A Nest service that lets people in by tokens of ISSUER and follows what is revoked there, for revocation-feed.mjs.
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Public } from '../dist/access/public.decorator.js';
import { ResourceServerModule } from '../dist/resource-server/resource-server.module.js';

class Reports {
  reports() {
    return { reports: [] };
  }
  ready() {
    return { status: 'ok' };
  }
}
const decorate = (method, ...decorators) => {
  const descriptor = Object.getOwnPropertyDescriptor(Reports.prototype, method);
  for (const decorator of decorators) decorator(Reports.prototype, method, descriptor);
};
Controller()(Reports);
decorate('reports', Get('reports'));
decorate('ready', Get('health/ready'), Public());

class ResourceServer {}
const { ISSUER, JWKS_URL, REVOCATIONS_URL, REVOCATIONS_TOKEN, PORT } = process.env;
Module({
  imports: [
    ResourceServerModule.forRoot({
      issuer: ISSUER,
      audience: 'gatehouse',
      revocationsToken: REVOCATIONS_TOKEN,
      jwksUrl: JWKS_URL,
      revocationsUrl: REVOCATIONS_URL,
    }),
  ],
  controllers: [Reports],
})(ResourceServer);

const app = await NestFactory.create(ResourceServer, new FastifyAdapter(), { logger: ['error'] });
app.enableShutdownHooks();
await app.listen(Number(PORT), '127.0.0.1');
