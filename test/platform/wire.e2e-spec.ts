import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { ada } from '../support/people.js';
import { rawRequest, sendRaw, type RawAnswer } from '../support/raw-http.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const KIB = 1024;
const json = (length: number | string) => [
  'Content-Type: application/json',
  `Content-Length: ${String(length)}`,
];
const chunked = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
const chunk = (data: string) => `${data.length.toString(16)}\r\n${data}\r\n`;

/** All that an answer must have, whoever gives it. @returns its body */
function expectRefusal(answer: RawAnswer | undefined, status: number, error: string): object {
  expect(answer).toMatchObject({
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'self'") as string,
    },
  });
  const { headers, body } = answer!;
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(JSON.stringify(answer)).not.toMatch(/nest|fastify|express|FST_|HPE_/i);
  expect(JSON.parse(body)).toMatchObject({
    statusCode: status,
    error,
    message: expect.any(String) as string,
  });
  return JSON.parse(body) as object;
}

describe('what is no request in HTTP/1.1', () => {
  let service: TestApp;
  const send = (bytes: string | Buffer) => sendRaw(service.url, bytes);

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  it.each<[string, string | Buffer]>([
    ['no HTTP', 'NONSENSE\r\n\r\n'],
    ['TLS', Buffer.from('16030102000100', 'hex')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP of another version', 'GET /welcome HTTP/3.7\r\nHost: a\r\n\r\n'],
    ['of an unknown method', rawRequest('FROBNICATE /welcome')],
    ['of a method in small letters', rawRequest('get /welcome')],
    ['for a path with a null character', rawRequest('GET /wel\0come')],
    ['for a path that is not ASCII', rawRequest('GET /wélcome')],
    ['for a path with a space', rawRequest('GET /wel come')],
    ['with line feeds alone', 'GET /welcome HTTP/1.1\nHost: a\n\n'],
    ['with a null character in a header', rawRequest('GET /welcome', ['X: a\0b'])],
    ['with a control character in a header', rawRequest('GET /welcome', ['X: a\x01b'])],
    ['with a folded header', rawRequest('GET /welcome', ['X: a', ' b'])],
    ['with a space before the colon', rawRequest('GET /welcome', ['X : a'])],
    ['with two lengths', rawRequest('POST /register', [...json(2), 'Content-Length: 3'], '{}')],
    ['with a negative length', rawRequest('POST /register', json(-2), '{}')],
    ['with a length that is no number', rawRequest('POST /register', json('two'), '{}')],
    [
      'with a length and chunks',
      rawRequest('POST /register', [...json(2), 'Transfer-Encoding: chunked'], '{}'),
    ],
    [
      'with more than its length',
      rawRequest('POST /register', json(1), '{}').replace('Connection: close\r\n', ''),
    ],
    ['with a chunk of no length', rawRequest('POST /register', chunked, 'zz\r\n{}\r\n0\r\n\r\n')],
  ])('is 400 where it is %s', async (_, bytes) => {
    const body = expectRefusal(await send(bytes), 400, 'validation_failed');
    expect(body).toMatchObject({ details: [{ field: 'request', message: 'must be well-formed HTTP/1.1' }] });
  });

  it.each([
    ['one header of 20 KiB', [`X: ${'x'.repeat(20 * KIB)}`]],
    ['headers of 20 KiB', Array.from({ length: 20 }, (_, n) => `X${String(n)}: ${'x'.repeat(KIB)}`)],
    ['a token of 20 KiB', [`Authorization: Bearer ${'x'.repeat(20 * KIB)}`]],
  ])('is 431 with %s', async (_, lines) => {
    expectRefusal(await send(rawRequest('GET /welcome', lines)), 431, 'payload_too_large');
  });

  it('is 431 for a path of 20 KiB', async () => {
    expectRefusal(await send(rawRequest(`GET /${'x'.repeat(20 * KIB)}`)), 431, 'payload_too_large');
  });

  it('is 413 with chunk extensions of 20 KiB', async () => {
    const body = `2;${'x'.repeat(20 * KIB)}\r\n{}\r\n0\r\n\r\n`;
    expectRefusal(await send(rawRequest('POST /register', chunked, body)), 413, 'payload_too_large');
  });

  it('is 408 where it does not arrive in time', async () => {
    const http = service.app.getHttpServer();
    const { hostname, port } = new URL(service.url);
    const client = connect(Number(port), hostname);
    const [connection] = (await once(http, 'connection')) as [Socket];
    client.write('GET /welcome HTTP/1.1\r\n');
    // What Node says of it, half a minute later.
    const late = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    http.emit('clientError', late, connection);
    expect(await text(client)).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n.*"did not arrive in time"}]}$/s);
    expect(http.requestTimeout).toBe(30_000);
  });

  it('is 400 without a host, or with two', async () => {
    const without = 'GET /welcome HTTP/1.1\r\nConnection: close\r\n\r\n';
    for (const bytes of [
      without,
      rawRequest('GET /welcome', ['host: b']),
      rawRequest('GET /nowhere', ['HOST: gatehouse']),
    ]) {
      const body = expectRefusal(await send(bytes), 400, 'validation_failed');
      expect(body).toMatchObject({ details: [{ field: 'Host', message: 'must be sent once' }] });
    }
  });

  it('leaves a line in the log, with the request id of the answer and without a byte of the request', async () => {
    const answer = await send(rawRequest('GET /welcome', ['Authorization: Bearer a-secret\0']));
    const line = service.logLines.find(({ request_id: id }) => id === answer?.headers['x-request-id']);
    expect(line).toMatchObject({ level: 30, status: 400, ip: '127.0.0.1', msg: 'broken request' });
    expect(service.log).not.toContain('a-secret');
  });

  it('is no fault of the service, which answers others on', async () => {
    expect(service.logLines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    await service.api.get('/welcome').expect(200);
  });
});

describe('what is a request in HTTP/1.1, if an odd one', () => {
  let service: TestApp;
  const send = (bytes: string | Buffer) => sendRaw(service.url, bytes);

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  it.each<[string, string, readonly string[], string]>([
    ['HTTP/1.0 without a host', 'GET /welcome HTTP/1.0\r\n\r\n', [], ''],
    ['an absolute URL', 'GET http://elsewhere.example/welcome', [], ''],
    ['an escape in the path that needs none', 'GET /%77elcome', [], ''],
    ['a query of 8 KiB', `GET /welcome?${'q'.repeat(8 * KIB)}`, [], ''],
    ['a query with broken escapes', 'GET /welcome?a=%&b=%zz&__proto__=c&a[]=1', [], ''],
    ['an offer to change to another protocol', 'GET /welcome', ['Upgrade: websocket, h2c'], ''],
    ['an expectation nobody knows', 'GET /welcome', ['Expect: tea'], ''],
    ['nine hundred headers', 'GET /welcome', Array.from({ length: 900 }, (_, n) => `x${String(n)}:`), ''],
    ['a body', 'GET /welcome', json(2), '{}'],
  ])('is served with %s', async (_, start, lines, body) => {
    const answer = await send(start.endsWith('\n') ? start : rawRequest(start, lines, body));
    expect(answer).toMatchObject({ status: 200, headers: { 'x-content-type-options': 'nosniff' } });
  });

  it('is told to go on with its body where it asks', async () => {
    const request = rawRequest(
      'POST /revoke',
      ['Expect: 100-continue', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 7'],
      'token=x',
    );
    expect(await send(request)).toMatchObject({
      status: 100,
      body: expect.stringMatching(/^HTTP\/1.1 200 /) as string,
    });
  });

  it('may come in chunks, up to 16 KiB', async () => {
    const filler = (length: number) => `{"username":"${'x'.repeat(length - 15)}"}`;
    const small = chunk(filler(16 * KIB).slice(0, 9000)) + chunk(filler(16 * KIB).slice(9000)) + chunk('');
    expectRefusal(await send(rawRequest('POST /register', chunked, small)), 400, 'validation_failed');
    const large = Array.from({ length: 17 }, () => chunk('x'.repeat(KIB))).join('') + chunk('');
    for (const path of ['/register', '/refresh'])
      expectRefusal(await send(rawRequest(`POST ${path}`, chunked, large)), 413, 'payload_too_large');
  });

  it('counts as having no body where nothing comes in chunks, whatever it announces', async () => {
    const { access_token } = await service.api.signUp(ada);
    const authorization = `Authorization: Bearer ${access_token}`;
    for (const type of ['Content-Type: application/json', 'Content-Type: text/plain', 'X-Type: none'])
      expectRefusal(
        await send(rawRequest('POST /register', ['Transfer-Encoding: chunked', type], chunk(''))),
        400,
        'validation_failed',
      );
    const logout = rawRequest('POST /logout', ['Transfer-Encoding: chunked', authorization], chunk(''));
    expect(await send(logout)).toMatchObject({ status: 204 });
  });

  it('is refused for its type where something comes in chunks', async () => {
    for (const type of ['Content-Type: text/plain', 'X-Type: none'])
      expectRefusal(
        await send(
          rawRequest('POST /register', ['Transfer-Encoding: chunked', type], chunk('{}') + chunk('')),
        ),
        415,
        'unsupported_media_type',
      );
  });

  it('is refused unread where it says that its body is larger than 16 KiB', async () => {
    for (const length of [16 * KIB + 1, 1e12, Number.MAX_SAFE_INTEGER])
      expectRefusal(await send(rawRequest('POST /register', json(length), '{')), 413, 'payload_too_large');
  });

  it('is refused where its body is encoded for the way', async () => {
    const lines = ['Content-Type: application/json', 'Transfer-Encoding: gzip, chunked'];
    expectRefusal(
      await send(rawRequest('POST /register', lines, chunk('{}') + chunk(''))),
      415,
      'unsupported_media_type',
    );
  });

  it('is refused where the client ends it amid its body, and forgotten where the client hangs up', async () => {
    const { hostname, port } = new URL(service.url);
    const partial = rawRequest('POST /register', json(10), '{}');
    const ended = connect(Number(port), hostname).end(partial);
    expect(await text(ended)).toMatch(/^HTTP\/1.1 400 /);
    const gone = connect(Number(port), hostname);
    gone.write(partial, () => gone.resetAndDestroy());
    await until(() => service.logLines.filter(({ path }) => path === '/register').length > 0);
    expect(service.logLines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it('is hung up on where it wants to be led elsewhere', async () => {
    expect(await send(rawRequest('CONNECT elsewhere.example:443'))).toBeUndefined();
  });
});

describe('a path', () => {
  let service: TestApp;
  const send = (start: string) => sendRaw(service.url, rawRequest(start));

  beforeAll(async () => {
    service = await TestApp.start();
  });
  afterAll(() => service.stop());

  let users = 0;
  const titled = (paths: string[]) => paths.map((path) => [path.slice(0, 40), path] as const);

  it.each(
    titled([
      '//welcome',
      '/welcome/',
      '/welcome//',
      '/WELCOME',
      '/Welcome',
      '/welcome;a=1',
      '/welcome%00',
      '/%00',
      '/welcome%2f',
      '/users%2fme',
      '/users%5cme',
      '/./welcome',
      '/a/../welcome',
      '/%2e%2e/welcome',
      '/welcome%',
      '/%zz',
      '/%ff',
      '/%c3%28',
      '/%ed%a0%80',
      `/${'x'.repeat(15 * KIB)}`,
      `/${'x/'.repeat(7 * KIB)}`,
      '/.git/config',
      '/constructor',
      '/__proto__',
      '/docs/..%2f..%2fpackage.json',
      '/docs/%00',
      '/docs/.',
      '/docs/...',
      `/docs/${'x'.repeat(5 * KIB)}`,
      '/docs/nowhere.js',
      '/docs/%',
    ]),
  )('is unknown: %s', async (_, path) => {
    expectRefusal(await send(`GET ${path}`), 404, 'not_found');
  });

  it.each(
    titled([
      '%00',
      'a%00b',
      '%ff',
      '%ed%a0%80',
      '%',
      '..',
      '%2e%2e%2fme',
      "'%20OR%201=1--",
      'x'.repeat(101),
      '%F0%9F%98%80',
      '*',
    ]),
  )('names no session where the id is %s', async (_, id) => {
    const { access_token } = await service.api.signUp({
      username: `user-${String(++users)}`,
      password: 'correct horse battery staple',
    });
    const request = rawRequest(`DELETE /users/me/sessions/${id}`, [`Authorization: Bearer ${access_token}`]);
    expectRefusal(await sendRaw(service.url, request), 404, 'not_found');
    await service.api.get('/protected', access_token).expect(200);
  });

  it.each(['TRACE', 'PROPFIND', 'OPTIONS', 'QUERY', 'PUT', 'PATCH', 'LOCK', 'MKCOL', 'PURGE', 'M-SEARCH'])(
    'takes no %s, and says what it takes',
    async (method) => {
      const known = await send(`${method} /login`);
      expectRefusal(known, 405, 'method_not_allowed');
      expect(known?.headers['allow']).toBe('POST');
      expect((await send(`${method} /welcome`))?.headers['allow']).toBe('GET, HEAD');
      expectRefusal(await send(`${method} /nowhere`), 404, 'not_found');
    },
  );

  it('is unknown where it is no path but all of them', async () => {
    expectRefusal(await send('OPTIONS *'), 404, 'not_found');
  });

  it('has one line in the log, also where it cannot be decoded', async () => {
    for (const path of ['/nowhere', '/%zz']) {
      const answer = await send(`GET ${path}`);
      const id = answer?.headers['x-request-id'];
      expect(service.logLines.filter(({ request_id }) => request_id === id)).toMatchObject([
        { status: 404, path },
      ]);
    }
  });
});

describe('a client that is gone while it is answered', () => {
  it('leaves a line without its address in the log, and the service running', async () => {
    const service = await TestApp.start();
    const server = service.app.getHttpServer();
    // Right before the end of the answer is seen; whoever resets many connections hits that moment.
    server.prependOnceListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      response.prependOnceListener('finish', () => socket.destroy());
    });
    await sendRaw(service.url, rawRequest('GET /health/ready'));
    await until(() => service.logLines.some(({ msg, ip }) => msg === 'request' && ip === ''));
    expect(await sendRaw(service.url, rawRequest('GET /health/live'))).toMatchObject({ status: 200 });
    await service.stop();
  });
});
