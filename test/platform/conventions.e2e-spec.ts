import { DataSource } from 'typeorm';
import { UsersService } from '../../src/users/users.service.js';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

describe('every answer', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  it('names no framework', async () => {
    for (const path of ['/welcome', '/nowhere', '/protected']) {
      const answer = await service.api.get(path);
      expect(answer.headers).not.toHaveProperty('x-powered-by');
      expect(answer.headers).not.toHaveProperty('server');
      expect(JSON.stringify([answer.headers, answer.body])).not.toMatch(/nest|fastify|express|FST_/i);
    }
  });
});

describe('a refused request', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  it.each(['/nowhere', '/users/me/nowhere', '/%zz', '/.env', '/welcome/'])(
    'is 404 for the unknown path %s',
    async (path) => {
      expect(refusal(await service.api.get(path))).toEqual({ status: 404, error: 'not_found' });
    },
  );

  it.each([
    ['GET', '/login', 'POST'],
    ['PUT', '/register', 'POST'],
    ['POST', '/access-revoke', 'DELETE'],
    ['PUT', '/users/me/export', 'GET, HEAD'],
    ['POST', '/.well-known/jwks.json', 'GET, HEAD'],
  ])('is 405 for %s %s, with what is allowed', async (method, path, allow) => {
    const answer = await service.api.raw()[method.toLowerCase() as 'get'](path);
    expect(refusal(answer)).toEqual({ status: 405, error: 'method_not_allowed' });
    expect(answer.headers['allow']).toBe(allow);
  });

  it('is 405 for a wrong method with a body, too', async () => {
    const answer = await service.api.raw().put('/login').type('json').send('{"a":1}');
    expect(refusal(answer)).toEqual({ status: 405, error: 'method_not_allowed' });
  });

  it.each(['/register', '/login', '/refresh', '/token'])(
    'is 413 for a body over 16 KiB at %s',
    async (path) => {
      const type = path === '/token' ? 'form' : 'json';
      const body =
        type === 'form' ? `username=${'x'.repeat(16_400)}` : `{"username":"${'x'.repeat(16_400)}"}`;
      const answer = await service.api.raw().post(path).type(type).send(body);
      expect(refusal(answer)).toEqual({ status: 413, error: 'payload_too_large' });
    },
  );

  it.each([
    ['text', 'text/plain', 'username=ada'],
    ['a form', 'application/x-www-form-urlencoded', 'username=ada'],
    ['XML', 'application/xml', '<username>ada</username>'],
  ])('is 415 for %s where JSON is due', async (_, type, body) => {
    for (const path of ['/register', '/login', '/refresh']) {
      const answer = await service.api.raw().post(path).set('Content-Type', type).send(body);
      expect(refusal(answer)).toEqual({ status: 415, error: 'unsupported_media_type' });
    }
  });

  it.each(['{', '{"username":}', '{"a":1}}', ' '])('is 400 malformed_json for the body %j', async (body) => {
    const answer = await service.api.raw().post('/register').type('json').send(body);
    expect(refusal(answer)).toEqual({ status: 400, error: 'malformed_json' });
  });

  it.each([
    ['JSON', 'application/json'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['text', 'text/plain'],
    ['no type that there is', 'nonsense'],
  ])('counts as none where it is empty, though it is announced as %s', async (_, type) => {
    const { access_token } = await service.api.signUp({ ...ada, username: `ada-${String(type.length)}` });
    const logout = service.api.post('/logout', undefined, access_token).set('Content-Type', type);
    await logout.expect(204);
    const register = await service.api.raw().post('/register').set('Content-Type', type);
    expect(refusal(register)).toEqual({ status: 400, error: 'validation_failed' });
  });

  it('takes a body of exactly 16 KiB for what it is', async () => {
    const body = `{"username":"${'x'.repeat(16_384 - 15)}"}`;
    expect(body).toHaveLength(16_384);
    const answer = await service.api.raw().post('/register').type('json').send(body);
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
  });

  it('is answered in the shape of the contract, with no more in it', async () => {
    const { body } = await service.api.get('/nowhere');
    expect(body).toEqual({ statusCode: 404, error: 'not_found', message: 'There is nothing here' });
  });

  it('says nothing of what went wrong inside, and the log says it under the request id', async () => {
    const fault = jest.spyOn(service.app.get(UsersService), 'checkCredentials');
    fault.mockRejectedValueOnce(new Error('the secret cause'));
    const answer = await service.api.login(ada);
    expect(answer.body).toEqual({
      statusCode: 500,
      error: 'internal_error',
      message: 'Something went wrong here: report the X-Request-Id of this answer',
    });
    const line = service.logLines.find(({ level }) => level === 50);
    expect(line).toMatchObject({
      request_id: answer.headers['x-request-id']!,
      err: { message: 'the secret cause' },
    });
  });
});

describe('health', () => {
  it('is alive and ready, without a token and without a limit', async () => {
    const service = await TestApp.start({ settings: { THROTTLE_DEFAULT: '1 per day' } });
    for (let n = 0; n < 3; n++) {
      expect((await service.api.get('/health/live').expect(200)).body).toEqual({ status: 'ok' });
      expect((await service.api.get('/health/ready').expect(200)).body).toMatchObject({ status: 'ok' });
    }
    await service.stop();
  });

  it('is alive and not ready when the database does not answer', async () => {
    const service = await TestApp.start();
    await service.app.get(DataSource).destroy();
    await service.api.get('/health/live').expect(200);
    const answer = await service.api.get('/health/ready');
    expect(refusal(answer)).toEqual({ status: 503, error: 'overloaded' });
    expect(answer.headers['retry-after']).toBe('1');
    await service.app.get(DataSource).initialize();
    await service.stop();
  });
});

describe('API_PREFIX', () => {
  it('moves every path but those under /.well-known', async () => {
    const service = await TestApp.start({ settings: { API_PREFIX: '/auth/v1/' } });
    await service.api.post('/auth/v1/register', ada).expect(201);
    await service.api.get('/auth/v1/health/ready').expect(200);
    await service.api.get('/.well-known/jwks.json').expect(200);
    await service.api.get('/auth/v1/docs-json').expect(200);
    await service.api.get('/register').expect(404);
    const answer = await service.api.get('/auth/v1/login');
    expect(refusal(answer)).toEqual({ status: 405, error: 'method_not_allowed' });
    await service.stop();
  });
});

describe('the API description', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  it('is a page that people can try the service on', async () => {
    const page = await service.api.get('/docs').expect(200);
    expect(page.text).toContain('swagger-ui');
    await service.api.get('/docs/swagger-ui-bundle.js').expect(200);
    await service.api.get('/docs/swagger-ui-init.js').expect(200);
  });

  it('is an OpenAPI 3 document that knows both ways to authorize', async () => {
    const { body } = await service.api.get('/docs-json').expect(200);
    expect(body).toMatchObject({
      openapi: expect.stringMatching(/^3\./) as string,
      components: {
        securitySchemes: {
          access: { type: 'http', scheme: 'bearer' },
          password: { type: 'oauth2', flows: { password: { tokenUrl: '/token' } } },
        },
      },
    });
  });

  it('says of every closed route that it wants a token', async () => {
    const { paths } = (await service.api.get('/docs-json')).body as {
      paths: Record<string, Record<string, { security?: object[] }>>;
    };
    expect(paths['/users/me']?.['get']?.security).toEqual([{ access: [] }, { password: [] }]);
    expect(paths['/login']?.['post']?.security).toBeUndefined();
  });
});
