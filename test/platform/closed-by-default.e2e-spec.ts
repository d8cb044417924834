import { refusal } from '../support/api-client.js';
import { readDocument, tableRows } from '../support/documents.js';
import { TestApp } from '../support/test-app.js';

/** The routes that answer without a token. Nothing else may. */
const open = [
  'DELETE /account/session',
  'GET /.well-known/jwks.json',
  'GET /.well-known/oauth-authorization-server',
  'GET /health/live',
  'GET /health/ready',
  'GET /public',
  'GET /welcome',
  'POST /account/session',
  'POST /email/verify',
  'POST /login',
  'POST /password/forgot',
  'POST /password/reset',
  'POST /register',
  'POST /revoke',
  'POST /token',
];

/** The pages and what they load, served beside the routes of the API. */
const isPage = (route: string) =>
  /^GET \/(docs(\/|-json$|-yaml$|$)|account$|account\/assets\/:name$)/.test(route);

/** A path as the router spells it: `/things/:id`, not `/things/{id}`. */
const asRegistered = ({ method, path }: { method: string; path: string }) =>
  `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`;

describe('the routes', () => {
  let service: TestApp;
  let routes: { method: string; path: string }[];

  beforeAll(async () => {
    service = await TestApp.start();
    const { paths } = (await service.api.get('/docs-json')).body as { paths: Record<string, object> };
    routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })),
    );
  });
  afterAll(() => service.stop());

  it('are all known to the router, and the router knows no others', () => {
    const registered = service.routes.filter((route) => !isPage(route));
    expect(registered.sort()).toEqual(routes.map(asRegistered).sort());
  });

  it('stand in docs/routes.md, each with what it needs', () => {
    const documented = tableRows(readDocument('docs/routes.md'));
    expect(documented.map(([route]) => route).sort()).toEqual(routes.map(asRegistered).sort());
    const needNothing = documented.filter(([, needs]) => needs === 'nothing').map(([route]) => route);
    expect(needNothing.sort()).toEqual(open);
  });

  it('answer 401 without a token unless they stand in the list above', async () => {
    const answered: string[] = [];
    for (const { method, path } of routes) {
      const answer = await service.api.raw()[method.toLowerCase() as 'get'](path);
      const wantsToken = answer.status === 401 && refusal(answer).error === 'token_missing';
      if (!wantsToken) answered.push(`${method} ${path}`);
    }
    expect(answered.sort()).toEqual(open);
  });
});
