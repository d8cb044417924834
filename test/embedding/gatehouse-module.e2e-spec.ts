import { Module, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  Gatehouse,
  GatehouseGuard,
  GatehouseModule,
  type AuditedEvent,
} from '../../src/embedding/public-api.js';
import { refusal } from '../support/api-client.js';
import { HostApp, hostAdapters } from '../support/host-app.js';
import { ada, type Person } from '../support/people.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

describe.each(hostAdapters)('the service within an application on %s', (_, adapter) => {
  let host: HostApp;
  let person: Person;
  let count = 0;

  beforeAll(async () => {
    host = await HostApp.start(adapter());
  });
  beforeEach(() => {
    person = { ...ada, username: `ada-${String(++count)}` };
  });
  afterAll(() => host.stop());

  it('registers, signs in, refreshes and signs out under its path', async () => {
    const first = await host.api.signUp(person);
    await host.api.get('/users/me', first.access_token).expect(200);
    const next = await host.api.renew(first.refresh_token);
    await host.api.post('/logout', undefined, next.access_token).expect(204);
    const answer = await host.api.get('/protected', next.access_token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
  });

  it('takes forms, and answers as OAuth 2.0 wants', async () => {
    await host.api.register(person).expect(201);
    const { username, password } = person;
    const form = { grant_type: 'password', username, password };
    await host.api.postForm('/token', form).expect(200);
    const wrong = await host.api.postForm('/token', { ...form, password: 'another phrase' });
    expect(refusal(wrong)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('says where its keys and its metadata are at the root', async () => {
    await host.own.get('/.well-known/jwks.json').expect(200);
    const { body } = await host.own.get('/.well-known/oauth-authorization-server').expect(200);
    expect((body as { token_endpoint: string }).token_endpoint).toMatch(/\/auth\/token$/);
  });

  it('answers with its own headers, errors and request id', async () => {
    const answer = await host.api.get('/nowhere').set('X-Request-Id', 'a-request');
    expect(refusal(answer)).toEqual({ status: 404, error: 'not_found' });
    expect(answer.headers).toMatchObject({
      'x-request-id': 'a-request',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it('leaves to the application what is not under its path', async () => {
    await host.own.get('/hello').expect(200, { hello: 'from the application' });
    await host.own.post('/echo', { some: 'body' }).expect(201, { some: 'body' });
    await host.own.get('/authors').expect(404);
    const unknown = await host.own.get('/protected');
    expect(unknown.status).toBe(404);
    expect(unknown.headers).not.toHaveProperty('x-request-id');
  });

  it('tells the application who is calling, and refuses what was signed out', async () => {
    const { access_token: token } = await host.api.signUp(person);
    await host.own.post('/who', { token }).expect(201, { id: claimsOf(token).sub });
    await host.api.post('/logout', undefined, token).expect(204);
    await expect(host.gatehouse.authenticate(token)).rejects.toMatchObject({ code: 'token_revoked' });
    await expect(host.gatehouse.authenticate('no token')).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('guards the routes of the application that ask for it, and opens those that are public', async () => {
    await host.own.get('/open').expect(200);
    const none = await host.own.get('/mine');
    expect(refusal(none)).toEqual({ status: 401, error: 'token_missing' });
    expect(none.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
    const { access_token: token } = await host.api.signUp(person);
    await host.own.get('/mine', token).expect(200, { username: person.username });
    expect(refusal(await host.own.get('/admins', token))).toEqual({ status: 403, error: 'forbidden' });
    await host.api.post('/logout', undefined, token).expect(204);
    const revoked = await host.own.get('/mine', token);
    expect(revoked.body).toMatchObject({ statusCode: 401, error: 'token_revoked', reason: 'logout' });
    expect(revoked.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('keeps a handler that wants a role closed, though its class is public', async () => {
    await host.own.get('/lobby').expect(200);
    expect(refusal(await host.own.get('/lobby/keys'))).toEqual({ status: 401, error: 'token_missing' });
  });

  it('guards nothing that is not of HTTP, and says what to ask there', async () => {
    const message = { getType: () => 'rpc', getClass: () => HostApp, getHandler: () => HostApp.start };
    const guard = host.app.get(GatehouseGuard, { strict: false });
    await expect(guard.canActivate(message as unknown as ExecutionContext)).rejects.toThrow(
      'GatehouseGuard is for HTTP, and HostApp is of rpc: ask Gatehouse.authenticate there',
    );
  });

  it('tells of what has happened, until it is told to stop', async () => {
    const events: AuditedEvent[] = [];
    const stop = host.gatehouse.onEvent((event) => events.push(event));
    const { access_token } = await host.api.signUp(person);
    const userId = claimsOf(access_token).sub;
    expect(events.map((event) => [event.type, event.userId])).toEqual([
      ['user_registered', userId],
      ['signed_in', userId],
    ]);
    stop();
    await host.api.signIn(person);
    expect(events).toHaveLength(2);
  });
});

describe('a route of the application that wants a fresh token', () => {
  it('challenges who gave the password too long ago', async () => {
    const [[, adapter] = []] = hostAdapters;
    const host = await HostApp.start(adapter!(), { settings: { FRESH_TTL: '0' } });
    const { access_token } = await host.api.signUp(ada);
    await until(async () => (await host.own.get('/fresh', access_token)).status === 401);
    const answer = await host.own.get('/fresh', access_token);
    expect(refusal(answer)).toEqual({ status: 401, error: 'fresh_token_required' });
    expect(answer.headers['www-authenticate']).toContain('max_age="0"');
    await host.stop();
  });
});

describe('setting up the service within an application', () => {
  const [[, adapter] = []] = hostAdapters;

  it('names every setting that is wrong', async () => {
    const settings = { JWT_ALGORITHM: 'none', ACCESS_TOKEN_TTL: 'long' };
    await expect(HostApp.start(adapter!(), { settings })).rejects.toThrow(
      /ACCESS_TOKEN_TTL[^]*JWT_ALGORITHM|JWT_ALGORITHM[^]*ACCESS_TOKEN_TTL/,
    );
  });

  it('needs no server, as in a script of the application', async () => {
    const folder = newFolder();
    const settings = { DATABASE_URL: 'sqlite::memory:', JWT_KEYS_FILE: join(folder, 'keys.json') };

    @Module({ imports: [GatehouseModule.forRoot({ settings: { ...settings, LOG_LEVEL: 'silent' } })] })
    class ScriptModule {}

    const script = await NestFactory.createApplicationContext(ScriptModule, { logger: false });
    await expect(script.get(Gatehouse).authenticate('no token')).rejects.toMatchObject({
      code: 'token_invalid',
    });
    await script.close();
    rmSync(folder, { recursive: true });
  });

  describe('in a module that is not as it must be', () => {
    const folder = newFolder();
    const settings = {
      DATABASE_URL: 'sqlite::memory:',
      JWT_KEYS_FILE: join(folder, 'keys.json'),
      LOG_LEVEL: 'silent',
    };
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    it.each([
      ['has no path', [''], 'GatehouseModule needs a path such as auth'],
      ['is there twice', ['auth', 'identity'], 'GatehouseModule is imported twice'],
    ])('says that it %s', async (_, paths, sentence) => {
      @Module({ imports: paths.map((path) => GatehouseModule.forRoot({ path, settings })) })
      class WrongModule {}

      const app = await NestFactory.create(WrongModule, { logger: false, abortOnError: false });
      await expect(app.init()).rejects.toThrow(sentence);
      await app.close();
    });
  });

  it('says that the application is of another copy of Nest', async () => {
    const module = Test.createTestingModule({ imports: [GatehouseModule.forRoot({})] });
    const compiled = module.overrideProvider(HttpAdapterHost).useValue(undefined).compile();
    await expect(compiled).rejects.toThrow(
      'GatehouseModule has another copy of @nestjs/core than the application: see npm ls @nestjs/core',
    );
  });

  it('puts its routes under another path', async () => {
    const host = await HostApp.start(adapter!(), { path: 'api/identity' });
    await host.api.signUp(ada);
    await host.own.get('/auth/users/me').expect(404);
    await host.stop();
  });
});
