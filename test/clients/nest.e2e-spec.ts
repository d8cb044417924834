import { Controller, Get, Req } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AccessTokenGuard } from '../../examples/nest/access-token.guard.js';
import type { StoredKey } from '../../src/tokens/key-ring.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { ApiClient } from '../support/api-client.js';
import { freePort } from '../support/free-port.js';
import { IssuerFront } from '../support/issuer-front.js';
import { ada } from '../support/people.js';
import { ServiceProcess } from '../support/service-process.js';
import { currentKeyIn, signAsService } from '../support/signing-key.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';

@Controller('reports')
class ReportsController {
  @Get()
  reports(@Req() { user }: { user: object }): object {
    return user;
  }
}

const startGuarded = async (issuer: string) => {
  const guard = { provide: APP_GUARD, useValue: new AccessTokenGuard(issuer, 'gatehouse') };
  const module = await Test.createTestingModule({
    controllers: [ReportsController],
    providers: [guard],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
};

describe('the guard for another Nest application', () => {
  let folder: string;
  let service: ServiceProcess;
  let app: NestFastifyApplication;
  let pair: TokenPair;
  let key: StoredKey;

  beforeAll(async () => {
    folder = newFolder();
    const PORT = String(await freePort());
    service = await ServiceProcess.start(folder, { PORT, JWT_ISSUER: `http://127.0.0.1:${PORT}` });
    pair = await service.api.signUp(ada);
    key = currentKeyIn(join(folder, 'data'));
    app = await startGuarded(service.url);
  });
  afterAll(async () => {
    await app.close();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const ask = (token?: string) => new ApiClient(app.getHttpServer()).get('/reports', token);
  const signed = (claims: object, header?: object) =>
    signAsService(key, { ...claimsOf(pair.access_token), ...claims }, header);

  it('lets in by an access token, with its claims', async () => {
    const { body } = await ask(pair.access_token).expect(200);
    expect(body).toEqual(claimsOf(pair.access_token));
    await ask(await signed({})).expect(200);
  });

  it('asks who sends none for one', async () => {
    const { headers } = await ask().expect(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="reports"');
  });

  it.each<[string, () => Promise<string> | string]>([
    ['a refresh token', () => pair.refresh_token],
    ['the typ of a refresh token', () => signed({}, { typ: 'rt+jwt' })],
    ['another audience', () => signed({ aud: 'elsewhere' })],
    ['another issuer', () => signed({ iss: 'http://elsewhere' })],
    ['no expiry', () => signed({ exp: undefined })],
    ['an expiry in the past', () => signed({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['a key that is not published', () => signed({}, { kid: 'other' })],
    ['a changed signature', () => `${pair.access_token.slice(0, -8)}AAAAAAAA`],
    ['nothing of a token', () => 'no-token'],
  ])('refuses a token with %s', async (_, make) => {
    const { headers } = await ask(await make()).expect(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="reports", error="invalid_token"');
  });

  it('cannot tell, and says so, where it gets something else for the keys', async () => {
    const front = await IssuerFront.start(service.url);
    front.replace('/.well-known/jwks.json', (_, response) => response.end('{}'));
    const alone = await startGuarded(front.url);
    await new ApiClient(alone.getHttpServer()).get('/reports', pair.access_token).expect(503);
    await alone.close();
    await front.stop();
  });

  it('cannot tell, and says so, where the keys cannot be fetched', async () => {
    const alone = await startGuarded(`http://127.0.0.1:${String(await freePort())}`);
    await new ApiClient(alone.getHttpServer()).get('/reports', pair.access_token).expect(503);
    await alone.close();
  });
});
