// What the frame takes by itself: Nest on Fastify, class-validator, and TypeORM with an empty SQLite database; one guard
// that verifies a token by fast-jwt and its cache, nothing of Gatehouse, no log. Not to be used for anything but this.
import 'reflect-metadata';
import 'class-transformer';
import 'class-validator';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createSigner, createVerifier } from 'fast-jwt';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

const { PORT, FOLDER } = process.env;
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const sign = createSigner({ key: privateKey, algorithm: 'ES256', expiresIn: '15m' });
const verify = createVerifier({ key: publicKey, algorithms: ['ES256'], cache: true });

class TokenGuard {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    request.user = verify(request.headers.authorization.split(' ')[1]);
    return true;
  }
}

class FrameController {
  ready() {
    return { status: 'ok' };
  }

  token() {
    return { token: sign({ sub: randomUUID(), jti: randomUUID(), username: 'ada' }) };
  }

  loggedIn() {
    return { logged_in_as: 'ada' };
  }
}
const { prototype } = FrameController;
const routes = { ready: 'health/ready', token: 'token', loggedIn: 'protected' };
for (const [method, path] of Object.entries(routes))
  Get(path)(prototype, method, Object.getOwnPropertyDescriptor(prototype, method));
UseGuards(TokenGuard)(prototype, 'loggedIn', Object.getOwnPropertyDescriptor(prototype, 'loggedIn'));
Controller()(FrameController);

class FrameModule {}
Module({ controllers: [FrameController], providers: [TokenGuard] })(FrameModule);

await new DataSource({ type: 'sqlite', database: `${FOLDER}/frame.sqlite`, entities: [] }).initialize();
const app = await NestFactory.create(FrameModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(PORT), '127.0.0.1');
