import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

const notFound = { status: 404, error: 'not_found' };

describe('the files of the account page', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  it('are a page that loads what it names, each of its type', async () => {
    const page = await service.api
      .get('/account')
      .expect(200)
      .expect('Content-Type', /^text\/html/);
    const named = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(named).toHaveLength(3);
    for (const path of named) await service.api.get(`/${path}`).expect(200);
    await service.api.get('/account/assets/main.js').expect('Content-Type', /^text\/javascript/);
    await service.api.get('/account/assets/account.css').expect('Content-Type', /^text\/css/);
    await service.api.get('/account/assets/icon.svg').expect('Content-Type', /^image\/svg/);
  });

  it('let nothing run, load or frame but what the service serves', async () => {
    for (const path of ['/account', '/account/assets/main.js', '/account/assets/account.css']) {
      const { headers } = await service.api.get(path).expect(200);
      expect(headers['content-security-policy']?.split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]);
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
    }
  });

  it('have no script and no style in the page', async () => {
    const { text } = await service.api.get('/account');
    expect(text).not.toMatch(/<style|<script(?![^>]* src=)| style=| on\w+=/);
  });

  it.each([
    '/account/',
    '/account/assets',
    '/account/assets/',
    '/account/assets/nothing.js',
    '/account/assets/tsconfig.json',
    '/account/assets/..%2fpage-files.js',
    '/account/assets/%2fetc%2fpasswd',
    '/account/assets/__proto__',
    '/account/assets/main.js%00',
  ])('are not looked for at %s', async (path) => {
    expect(refusal(await service.api.get(path))).toEqual(notFound);
  });

  it('move with the prefix', async () => {
    const moved = await TestApp.start({ settings: { API_PREFIX: 'auth/v1' } });
    await moved.api.get('/auth/v1/account').expect(200);
    await moved.api.get('/auth/v1/account/assets/main.js').expect(200);
    expect(refusal(await moved.api.get('/account'))).toEqual(notFound);
    await moved.stop();
  });
});

describe('ACCOUNT_PAGE=off', () => {
  it('takes the page and its routes away, and leaves the rest', async () => {
    const service = await TestApp.start({ settings: { ACCOUNT_PAGE: 'off' } });
    await service.api.signUp(ada);
    const answers = [
      await service.api.get('/account'),
      await service.api.get('/account/assets/main.js'),
      await service.api.post('/account/session', ada),
      await service.api.post('/account/session/refresh'),
      await service.api.delete('/account/session'),
    ];
    for (const answer of answers) expect(refusal(answer)).toEqual(notFound);
    const { paths } = (await service.api.get('/docs-json')).body as { paths: object };
    expect(Object.keys(paths).filter((path) => path.startsWith('/account'))).toEqual([]);
    await service.stop();
  });
});
