import type { Test } from 'supertest';
import { RegistrationService } from '../../src/auth/registration.service.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

const invalid = { status: 400, error: 'validation_failed' };
const invalidOnOAuth = { status: 400, error: 'invalid_request' };
const malformed = { status: 400, error: 'malformed_json' };
const wrongType = { status: 415, error: 'unsupported_media_type' };
const KIB = 1024;

/** Names that every object answers to, or that change what it answers. */
const inheritedNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  '__lookupSetter__',
  'isPrototypeOf',
];

/** Every route that takes JSON, with a body that it accepts but for the password. */
const jsonRoutes: Record<string, Record<string, string>> = {
  '/register': { username: 'edsger', password: 'a goto is considered harmful', email: 'edsger@example.org' },
  '/login': { username: ada.username, password: 'not the password' },
  '/refresh': {},
  '/reauthenticate': { password: 'not the password' },
  '/users/me/password': { current_password: 'not the password', new_password: 'an entirely new phrase' },
};
const formRoutes: Record<string, Record<string, string>> = {
  '/token': { grant_type: 'password', username: ada.username, password: 'not the password' },
  '/revoke': { token: 'nonsense', token_type_hint: 'access_token' },
  '/introspect': { token: 'nonsense', token_type_hint: 'access_token' },
};
const fieldsOf = (routes: typeof jsonRoutes) =>
  Object.entries(routes).flatMap(([path, body]) => Object.keys(body).map((field) => [path, field] as const));

describe('a body', () => {
  let service: TestApp;
  let bearers: Record<string, string>;

  const post = (path: string, type: string, body: string | Buffer): Test => {
    const sent = service.api.raw().post(path).set('Content-Type', type);
    void sent.set('Authorization', `Bearer ${bearers[path] ?? ''}`);
    return typeof body === 'string' ? sent.send(body) : sent.serialize((bytes) => bytes as string).send(body);
  };
  const postJson = (path: string, body: string | Buffer) => post(path, 'application/json', body);
  const postForm = (path: string, body: string) => post(path, 'application/x-www-form-urlencoded', body);
  const faultsOf = async (answer: Test) => {
    const { body } = (await answer) as { body: { details?: { field: string; message: string }[] } };
    return body.details;
  };

  beforeAll(async () => {
    service = await TestApp.start();
    await service.app.get(RegistrationService).register(grace, ['user', 'admin']);
    const pair = await service.api.signUp(ada);
    const admin = await service.api.signIn(grace);
    bearers = {
      '/refresh': pair.refresh_token,
      '/reauthenticate': pair.access_token,
      '/users/me/password': pair.access_token,
      '/introspect': admin.access_token,
    };
  });
  afterAll(() => service.stop());

  describe.each(fieldsOf(jsonRoutes))('of %s with something else for %s', (path, field) => {
    it.each<[string, unknown]>([
      ['a number', 5],
      ['a number beyond all numbers', Number.MAX_VALUE],
      ['true', true],
      ['a list', ['text']],
      ['a list in a list', [[['text']]]],
      ['an object', { text: 'text' }],
      ['an object with a constructor', { constructor: { name: 'String' } }],
      ['an object that says it is a promise', { then: 'text' }],
      ['a text of no characters', ''],
      ['a text with a null character', 'a goto is\0 considered harmful'],
      ['a text with the first half of a surrogate pair', 'a goto is \ud83d considered harmful'],
      ['a text with the second half of one', '\ude00@example.org'],
      ['a text of 15 KiB', 'x'.repeat(15 * KIB)],
    ])('is refused for %s, and says which field', async (_, value) => {
      const answer = await postJson(path, JSON.stringify({ ...jsonRoutes[path], [field]: value }));
      expect(refusal(answer)).toEqual(invalid);
      expect((answer.body as { details: object[] }).details).toEqual([
        { field, message: expect.stringMatching(/^(must|is) /) as string },
      ]);
    });
  });

  describe.each(fieldsOf(formRoutes))('of %s with something else for %s', (path, field) => {
    const sent = (value: string) =>
      String(new URLSearchParams({ ...formRoutes[path], [field]: '' })).replace(
        `${field}=`,
        `${field}=${value}`,
      );

    // Whatever is presented as a token is one that does not hold: no error of the request.
    const bounded = [
      ['a null character', 'a%00b'],
      ['a text of 15 KiB', 'x'.repeat(15 * KIB)],
    ];
    it.each([...(field === 'token' ? [] : bounded), ['two values', `a&${field}=b`]])(
      'is refused for %s',
      async (_, value) => {
        expect(refusal(await postForm(path, sent(value)))).toEqual(invalidOnOAuth);
      },
    );
  });

  it.each(Object.keys(jsonRoutes))('of %s takes no name that every object has', async (path) => {
    for (const name of inheritedNames) {
      for (const value of ['"x"', '{"admin":true}', '{"prototype":{"admin":true}}', '[]', 'null', '1']) {
        const members = JSON.stringify(jsonRoutes[path]).slice(1, -1);
        const body = `{"${name}":${value}${members === '' ? '' : `,${members}`}}`;
        expect(await faultsOf(postJson(path, body))).toEqual([
          { field: name, message: 'is not a known field' },
        ]);
      }
    }
    expect(({} as { admin?: true }).admin).toBeUndefined();
  });

  it.each(Object.entries(formRoutes))('of %s is read as if such names were not there', async (path, form) => {
    const plain = await postForm(path, String(new URLSearchParams(form)));
    for (const name of inheritedNames) {
      for (const spelled of [name, `${name}[admin]`, `${name}.admin`]) {
        const answer = await postForm(path, String(new URLSearchParams({ [spelled]: 'true', ...form })));
        expect([answer.status, answer.body]).toEqual([plain.status, plain.body]);
      }
    }
    expect(({} as { admin?: string }).admin).toBeUndefined();
  });

  it('says all of its faults at once, whatever they are', async () => {
    const body = '{"__proto__":{},"colour":{"deep":[]},"username":["x"],"email":"\\ud800"}';
    expect(await faultsOf(postJson('/register', body))).toEqual([
      { field: '__proto__', message: 'is not a known field' },
      { field: 'colour', message: 'is not a known field' },
      { field: 'email', message: expect.stringContaining('null character') as string },
      { field: 'username', message: expect.stringContaining('must be 3 to 64') as string },
      { field: 'password', message: 'is missing' },
    ]);
  });

  it.each(['null', 'true', '5', '"text"', '[]', '[{"username":"ada"}]', '[[[[[[[[]]]]]]]]'])(
    'is refused where it is JSON and no object: %s',
    async (body) => {
      for (const path of Object.keys(jsonRoutes))
        expect(await faultsOf(postJson(path, body))).toEqual([
          { field: 'body', message: 'must be a JSON object' },
        ]);
    },
  );

  it.each<[string, string]>([
    ['objects in a field that it does not know', `{"deep":${'{"a":'.repeat(2600)}1${'}'.repeat(2600)}}`],
    ['lists in a field that it does not know', `{"deep":${'['.repeat(8000)}${']'.repeat(8000)}}`],
    ['objects', `{"password":${'{"a":'.repeat(2600)}1${'}'.repeat(2600)}}`],
    ['nothing but lists', '['.repeat(8000) + ']'.repeat(8000)],
    ['lists', `{"password":${'['.repeat(8000)}${']'.repeat(8000)}}`],
    ['objects in lists', `{"password":${'[{"a":'.repeat(2000)}1${'}]'.repeat(2000)}}`],
  ])('is refused where it is 16 KiB of %s in each other', async (_, body) => {
    for (const path of Object.keys(jsonRoutes)) expect(refusal(await postJson(path, body))).toEqual(invalid);
  });

  it('is refused for a thousand fields that it does not know, and for a number of a thousand digits', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`field${String(n)}`, n]));
    expect(await faultsOf(postJson('/refresh', JSON.stringify(many)))).toHaveLength(1000);
    expect(refusal(await postJson('/login', `{"username":${'9'.repeat(1000)},"password":-1e999}`))).toEqual(
      invalid,
    );
  });

  it('counts a member that comes twice as the last one says', async () => {
    const login = (body: string) => postJson('/login', body);
    const right = JSON.stringify(ada.password);
    await login(`{"username":"ada","password":"wrong","password":${right}}`).expect(200);
    await login(`{"username":"ada","password":${right},"password":"wrong"}`).expect(401);
    await login(`{"username":"ada","password":${right},"\\u0070assword":"wrong"}`).expect(401);
  });

  it('may begin with a byte order mark', async () => {
    await postJson('/login', `\ufeff${JSON.stringify(ada)}`).expect(200);
    await postForm('/revoke', '\ufefftoken=nonsense').expect(200);
  });

  it.each(Object.keys(jsonRoutes))('of %s is refused where it is no UTF-8', async (path) => {
    const bytes = Buffer.from('{"username":"\xff\xfe","password":"\xe9"}', 'latin1');
    expect(refusal(await postJson(path, bytes))).toEqual(malformed);
    expect(refusal(await postJson(path, Buffer.from('{}', 'utf16le')))).toEqual(malformed);
  });

  it.each(Object.keys(formRoutes))('of %s is refused as a form where it is no UTF-8', async (path) => {
    const bytes = Buffer.from('token=\xff', 'latin1');
    const answer = await post(path, 'application/x-www-form-urlencoded', bytes);
    expect(refusal(answer)).toEqual(invalidOnOAuth);
  });

  it.each([
    ['charset=utf-16'],
    ['charset=ISO-8859-1'],
    ['charset="latin1"'],
    ['version=1; charset=shift_jis'],
  ])('is refused in another encoding: %s', async (parameter) => {
    for (const path of Object.keys(jsonRoutes))
      expect(refusal(await post(path, `application/json; ${parameter}`, '{}'))).toEqual(wrongType);
    for (const path of Object.keys(formRoutes)) {
      const answer = await post(path, `application/x-www-form-urlencoded; ${parameter}`, 'token=x');
      expect(refusal(answer)).toEqual(invalidOnOAuth);
    }
  });

  it.each(['charset=utf-8', 'charset=UTF-8', 'charset="utf-8"', 'charset=utf8', 'version=1', ''])(
    'is taken as application/json;%s',
    async (parameter) => {
      await post('/login', `Application/JSON;${parameter}`, JSON.stringify(ada)).expect(200);
    },
  );

  it.each(['gzip', 'deflate', 'br', 'x-unknown', 'gzip, identity'])(
    'is refused unread where it is compressed: %s',
    async (encoding) => {
      const json = await postJson('/login', JSON.stringify(ada)).set('Content-Encoding', encoding);
      expect(refusal(json)).toEqual(wrongType);
      const form = await postForm('/revoke', 'token=x').set('Content-Encoding', encoding);
      expect(refusal(form)).toEqual(invalidOnOAuth);
    },
  );

  it('is refused by its type on an OAuth 2.0 endpoint, also where it is empty', async () => {
    for (const type of ['text/plain', 'application/json', ';', 'x'])
      for (const path of Object.keys(formRoutes))
        expect(refusal(await post(path, type, ''))).toEqual(invalidOnOAuth);
  });

  it('is taken where it says that it is not compressed', async () => {
    await postJson('/login', JSON.stringify(ada)).set('Content-Encoding', 'identity').expect(200);
  });

  it('is not looked at where it comes with a GET', async () => {
    for (const body of ['{', 'text', 'x'.repeat(17 * KIB)])
      await service.api.raw().get('/welcome').type('text/plain').send(body).expect(200);
  });

  it('is refused where it comes with a DELETE and is no JSON', async () => {
    const broken = service.api.raw().delete('/access-revoke').type('json').send('{');
    expect(refusal(await broken)).toEqual(malformed);
    const other = service.api.raw().delete('/access-revoke').type('text/plain').send('x');
    expect(refusal(await other)).toEqual(wrongType);
  });

  it('leaves everything as it was, where it is refused', async () => {
    expect(service.log).not.toContain('internal_error');
    const users = await service.query<{ n: number }>('SELECT count(*) AS n FROM users');
    expect(users).toEqual([{ n: 2 }]);
    await service.api.renew(bearers['/refresh']!);
  });
});

describe('a token that is nonsense', () => {
  it('is no error to revoke, and not active', async () => {
    const service = await TestApp.start();
    await service.app.get(RegistrationService).register(grace, ['admin']);
    const { access_token } = await service.api.signIn(grace);
    for (const token of [
      '\0',
      '%',
      '%zz',
      'x'.repeat(15 * KIB),
      '😀',
      '‮',
      "' OR 1=1 --",
      '[object Object]',
    ]) {
      await service.api.postForm('/revoke', { token }).expect(200);
      const { body } = await service.api
        .postForm('/introspect', { token })
        .set('Authorization', `Bearer ${access_token}`)
        .expect(200);
      expect(body).toEqual({ active: false });
    }
    await service.stop();
  });
});
