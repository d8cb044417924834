import type { Response } from 'supertest';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

const PAGE = 'https://app.example.org';
const OTHER = 'https://elsewhere.example';

const corsHeaders = ({ headers }: Response) =>
  Object.keys(headers as object).filter((name) => name.startsWith('access-control-'));

describe('a page of another origin', () => {
  let service: TestApp;
  const preflight = (path: string, origin: string, headers = 'authorization,content-type,x-other') =>
    service.api
      .raw()
      .options(path)
      .set('Origin', origin)
      .set('Access-Control-Request-Method', 'POST')
      .set('Access-Control-Request-Headers', headers);

  describe('by default', () => {
    beforeAll(async () => {
      service = await TestApp.start();
    });
    afterAll(() => service.stop());

    it('may read nothing but the public documents', async () => {
      for (const path of ['/welcome', '/protected', '/nowhere', '/docs']) {
        const answer = await service.api.get(path).set('Origin', PAGE);
        expect(corsHeaders(answer)).toEqual([]);
      }
    });

    it.each(['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'])(
      'may read %s from everywhere',
      async (path) => {
        for (const origin of [PAGE, OTHER, 'null']) {
          const { headers } = await service.api.get(path).set('Origin', origin).expect(200);
          expect(headers['access-control-allow-origin']).toBe('*');
        }
      },
    );

    it('is refused where it asks before', async () => {
      const answer = await preflight('/login', PAGE);
      expect(refusal(answer)).toEqual({ status: 405, error: 'method_not_allowed' });
      expect(answer.headers['allow']).toBe('POST');
      expect(corsHeaders(answer)).toEqual([]);
    });
  });

  describe('with CORS_ORIGINS', () => {
    beforeAll(async () => {
      service = await TestApp.start({ settings: { CORS_ORIGINS: `${PAGE}, http://localhost:5173` } });
    });
    afterAll(() => service.stop());

    it.each([PAGE, 'http://localhost:5173'])('may call the service from %s', async (origin) => {
      const asked = await preflight('/login', origin).expect(204);
      expect(asked.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE',
        'access-control-allow-headers': 'authorization,content-type,x-other',
        'access-control-max-age': '600',
        'x-request-id': expect.any(String) as string,
        'x-content-type-options': 'nosniff',
      });
      expect(asked.headers).not.toHaveProperty('access-control-allow-credentials');
    });

    it('may read answers and refusals, with the headers that it needs', async () => {
      for (const path of ['/welcome', '/protected', '/nowhere', '/login']) {
        const { headers } = await service.api.get(path).set('Origin', PAGE);
        expect(headers).toMatchObject({
          'access-control-allow-origin': PAGE,
          'access-control-expose-headers': 'X-Device-Token, X-Request-Id, Retry-After, WWW-Authenticate',
          vary: expect.stringContaining('Origin') as string,
        });
      }
    });

    it('may send any header, such as those of a trace', async () => {
      const asked = await preflight('/login', PAGE, 'traceparent,sentry-trace,baggage').expect(204);
      expect(asked.headers['access-control-allow-headers']).toBe('traceparent,sentry-trace,baggage');
    });

    it('may read the public documents from everywhere', async () => {
      for (const origin of [PAGE, OTHER]) {
        const { headers } = await service.api.get('/.well-known/jwks.json').set('Origin', origin).expect(200);
        expect(headers['access-control-allow-origin']).toBe('*');
      }
    });

    it.each([
      OTHER,
      'null',
      '*',
      `${PAGE}.elsewhere.example`,
      'https://APP.example.org',
      `${PAGE}:444`,
      'http://app.example.org',
      `${PAGE}, ${OTHER}`,
    ])('may read nothing from %s', async (origin) => {
      const answer = await service.api.get('/welcome').set('Origin', origin);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      expect(answer.headers['vary']).toContain('Origin');
      expect((await preflight('/login', origin)).headers).not.toHaveProperty('access-control-allow-origin');
    });

    it('changes nothing for who is no page', async () => {
      const { headers } = await service.api.get('/welcome').expect(200);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      const plain = await service.api.raw().options('/login');
      expect(refusal(plain)).toEqual({ status: 405, error: 'method_not_allowed' });
      expect(plain.headers['allow']).toBe('POST');
      expect(refusal(await service.api.raw().options('/nowhere'))).toEqual({
        status: 404,
        error: 'not_found',
      });
      expect(refusal(await service.api.get('/nowhere'))).toEqual({ status: 404, error: 'not_found' });
      await service.api.register(ada).expect(201);
    });
  });
});
