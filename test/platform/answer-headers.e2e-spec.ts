import type { Response } from 'supertest';
import { RegistrationService } from '../../src/auth/registration.service.js';
import { readDocument, tableRows } from '../support/documents.js';
import { ada, grace } from '../support/people.js';
import { rawRequest, sendRaw } from '../support/raw-http.js';
import { TestApp } from '../support/test-app.js';

/** Every header that stands on every answer, whoever gives it. */
const standing = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What everybody may keep, as there is nothing of a user's in it. */
const kept = ['GET /.well-known/jwks.json', 'GET /.well-known/oauth-authorization-server'];
const routes = tableRows(readDocument('docs/routes.md')).map(([route]) => route!);

/** Whether a route is asked by this path, also where a parameter of its stands for a part of it: `/users/me`. */
function reaches(route: string, path: string): boolean {
  const [, template = ''] = route.split(' ');
  return new RegExp(`^${template.replace(/:\w+/g, '[^/]+')}$`).test(path);
}

describe('the headers', () => {
  let service: TestApp;
  let token: string;
  const ask = (route: string, bearer?: string): Promise<Response> => {
    const [method, path] = route.split(' ') as [string, string];
    const request = service.api.raw()[method.toLowerCase() as 'get'](path);
    return Promise.resolve(bearer === undefined ? request : request.set('Authorization', `Bearer ${bearer}`));
  };

  beforeAll(async () => {
    service = await TestApp.start();
    await service.app.get(RegistrationService).register(grace, ['user', 'admin']);
  });
  // Some of the routes end the session that asks.
  beforeEach(async () => {
    token = (await service.api.signIn(grace)).access_token;
  });
  afterAll(() => service.stop());

  it.each(routes)('of %s keep it from being stored, with a token and without', async (route) => {
    const due = { ...standing, 'cache-control': kept.includes(route) ? 'public, max-age=300' : 'no-store' };
    for (const bearer of [token, undefined, 'garbage']) {
      const { headers } = await ask(route, bearer);
      expect(headers).toMatchObject({ ...due, 'x-request-id': expect.stringMatching(UUID) as string });
      // The public documents are for pages of every origin.
      const others = /^access-control-|^server$|^x-powered|^set-cookie/;
      expect(Object.keys(headers as object).filter((name) => others.test(name))).toEqual(
        kept.includes(route) ? ['access-control-allow-origin'] : [],
      );
    }
  });

  it('of answers with tokens, of refusals and of broken requests are the same', async () => {
    const pair = await service.api.signUp(ada);
    const answers = [
      await service.api.login(ada),
      await service.api.refresh(pair.refresh_token),
      await service.api.postForm('/token', { username: ada.username, password: ada.password }),
      await service.api.login({ ...ada, password: 'wrong' }),
      await service.api.get('/nowhere'),
      await service.api.get('/login'),
      await service.api.get('/%zz'),
      await service.api.get('/docs'),
      await service.api.raw().options('/login'),
      (await sendRaw(service.url, 'NONSENSE\r\n\r\n'))!,
    ];
    for (const { headers } of answers) expect(headers).toMatchObject(standing);
  });

  it.each([
    ['kept', ['order-42_a.b'], 'order-42_a.b'],
    ['kept at its longest', ['x'.repeat(128)], 'x'.repeat(128)],
    ['replaced where it is sent twice', ['a', 'b'], UUID],
    ['replaced where it is empty', [''], UUID],
    ['replaced where it is too long', ['x'.repeat(129)], UUID],
    ['replaced where it has another character', ['a/b'], UUID],
    ['replaced where it is not ASCII', ['\xe9'], UUID],
  ])('tell the request id, %s', async (_, ids, due) => {
    for (const path of ['/welcome', '/nowhere', '/%zz', '/protected']) {
      const lines = ids.map((id) => `X-Request-Id: ${id}`);
      const answer = await sendRaw(service.url, rawRequest(`GET ${path}`, lines));
      expect(answer?.headers['x-request-id']).toEqual(
        typeof due === 'string' ? due : expect.stringMatching(due),
      );
    }
  });

  it('of a HEAD are those of the GET, without its body', async () => {
    for (const path of routes.filter((route) => route.startsWith('GET ')).map((route) => route.slice(4))) {
      const get = await service.api.get(path, token);
      const head = await service.api.raw().head(path).set('Authorization', `Bearer ${token}`);
      expect(head.status).toBe(get.status);
      expect(head.body).toEqual({});
      for (const name of ['content-type', 'content-length', 'cache-control'])
        expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
  });

  it('name every method that a path takes, where it was another', async () => {
    const paths = new Set(routes.map((route) => route.split(' ')[1]!));
    for (const path of paths) {
      const taken = routes.filter((route) => reaches(route, path)).map((route) => route.split(' ')[0]!);
      const due = [...new Set([...taken, ...(taken.includes('GET') ? ['HEAD'] : [])])].sort();
      const { status, headers } = await service.api.raw().put(path);
      expect({ path, status, allow: headers['allow']?.split(', ').sort() }).toEqual({
        path,
        status: 405,
        allow: due,
      });
    }
  });
});
