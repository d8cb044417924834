import { Agent } from 'node:http';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse as parseVariables } from 'dotenv';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { errorCatalogue } from '../../src/errors/error-catalogue.js';
import { ApiClient, refusal } from '../support/api-client.js';
import { BrowserTabs } from '../support/browser-tabs.js';
import { finish, startProcess, type Variables } from '../support/child-process.js';
import { DocumentShell } from '../support/document-shell.js';
import { codeBlock } from '../support/documents.js';
import { EventStream } from '../support/event-stream.js';
import { freePort } from '../support/free-port.js';
import { NginxProxy, replaceAll } from '../support/nginx-proxy.js';
import { cookieWith, setCookieOf } from '../support/page-session.js';
import { ada, grace } from '../support/people.js';
import { ServiceProcess } from '../support/service-process.js';
import { newServiceFolder } from '../support/service-folder.js';
import { ServingCommand } from '../support/serving-command.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const DOCUMENT = 'docs/recipes.md';
const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';
const COMPILES_WITHIN_MS = 120_000;
const STARTS_WITHIN_MS = 60_000;

/** What the clients of the document have in common. */
interface Client {
  signIn: (username: string, password: string) => Promise<void>;
  request: (method: string, path: string, body?: object) => Promise<unknown>;
  proveAgain: (password: string) => Promise<void>;
  signOut: () => Promise<void>;
}
interface PageClient extends Client {
  resume: () => Promise<void>;
}
type Send = (path: string, init: RequestInit) => Promise<Response>;
interface ClientModule {
  OtherUser: new () => Error;
  createClient: (base: string, send: Send) => PageClient;
}
interface PageModule {
  start: (views: { showApp: (user: unknown) => void; showSignIn: (why: string) => void }) => Promise<void>;
}
interface Store {
  read: (name: string) => Promise<string | undefined>;
  write: (name: string, text: string) => Promise<void>;
}
interface NativeModule {
  createClient: (options: { base: string; store: Store; send: Send; pauseMs: number }) => Client;
}
interface MemoryModule {
  memoryStore: () => Store;
}
interface IntrospectModule {
  introspector: (account: {
    issuer: string;
    username: string;
    password: string;
  }) => Promise<(token: string) => Promise<unknown>>;
}
interface AccountModule {
  serviceAccount: (account: {
    tokenUrl: string;
    username: string;
    password: string;
  }) => () => Promise<string>;
}

/** A module of the document. Jest loads it as the CommonJS that it makes of it. */
async function load<T>(folder: string, ...files: string[]): Promise<T> {
  for (const file of files) {
    const text = codeBlock(DOCUMENT, file).replaceAll(".mjs'", ".js'");
    writeFileSync(join(folder, file.replace('.mjs', '.js')), text);
  }
  return (await import(join(folder, files[0]!.replace('.mjs', '.js')))) as T;
}

const jtiOf = (token: string) => claimsOf(token).jti;
const me = (client: Client) => client.request('GET', '/users/me');
const sessionsOf = async (client: Client) =>
  ((await client.request('GET', '/users/me/sessions')) as { sessions: unknown[] }).sessions.length;

/** Locks as a browser has them, by the one name that there is. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request<T>(_name: string, work: () => Promise<T>): Promise<T> {
      const own = last.then(work, work);
      last = own;
      return own;
    },
  };
}

describe('the recipes for clients', () => {
  let folder: string;
  let service: TestApp;

  beforeAll(() => {
    folder = newFolder();
  });
  beforeEach(async () => {
    service = await TestApp.start();
    await service.api.register(ada).expect(201);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await service.stop();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  describe('for a single-page application', () => {
    let browser: BrowserTabs;
    let tab: PageClient;
    let other: PageClient;
    let module: ClientModule;

    beforeEach(async () => {
      module = await load<ClientModule>(folder, 'client.mjs');
      browser = new BrowserTabs(service.url);
      tab = module.createClient('', browser.send);
      other = module.createClient('', browser.send);
      await tab.signIn(ada.username, ada.password);
    });

    it('takes up the session in another tab, and when the access token has expired', async () => {
      expect(await me(other)).toMatchObject({ username: 'ada' });
      service.clock.pass(900);
      expect(await me(tab)).toMatchObject({ username: 'ada' });
      expect(await sessionsOf(tab)).toBe(1);
    });

    it.each([
      ['one successor for all, where the browser has no locks', undefined, 1],
      ['one after the other, where it has', { locks: inTurn() }, 5],
    ])('lets tabs refresh at once: %s', async (_, navigator, successors) => {
      const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator') ?? { value: undefined };
      Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
      const before = browser.held.length;
      const tabs = Array.from({ length: 5 }, () => module.createClient('', browser.send));
      await Promise.all(tabs.map((each) => each.resume()));
      for (const each of tabs) await me(each);
      expect(new Set(browser.held.slice(before).map(jtiOf)).size).toBe(successors);
      await tab.resume();
      Object.defineProperty(globalThis, 'navigator', { ...own, configurable: true });
      expect(await sessionsOf(tab)).toBe(1);
    });

    it('asks once where many requests find the access token expired', async () => {
      service.clock.pass(900);
      const before = browser.held.length;
      await Promise.all([me(tab), me(tab), me(tab)]);
      expect(browser.held).toHaveLength(before + 1);
    });

    it('loses nothing with a lost answer, and gets the same successor', async () => {
      const { pair } = await spendUnseen(browser.held.at(-1)!);
      service.clock.pass(3_000);
      browser.losses = 1;
      await tab.resume();
      expect(jtiOf(browser.held.at(-1)!)).toBe(jtiOf(pair.refresh_token));
      expect(await me(tab)).toMatchObject({ username: 'ada' });
      expect(await sessionsOf(tab)).toBe(1);
    });

    it('goes on with another access token where that alone was revoked', async () => {
      await tab.request('DELETE', '/access-revoke');
      expect(await me(tab)).toMatchObject({ username: 'ada' });
    });

    it('gives the password again where that is due', async () => {
      service.clock.pass(600);
      const change = () => tab.request('PATCH', '/users/me', { username: 'countess' });
      await expect(change()).rejects.toMatchObject({ status: 401, code: 'fresh_token_required' });
      await tab.proveAgain(ada.password);
      expect(await change()).toMatchObject({ username: 'countess' });
    });

    it('signs out every tab, and says so to each', async () => {
      await me(other);
      await tab.signOut();
      for (const each of [tab, other])
        await expect(me(each)).rejects.toMatchObject({ status: 401, code: 'token_missing' });
    });

    it('shows nobody what is of another who has signed in in another tab', async () => {
      await service.api.register(grace).expect(201);
      await other.signIn(grace.username, grace.password);
      await tab.request('POST', '/logout');
      await expect(me(tab)).rejects.toBeInstanceOf(module.OtherUser);
    });

    it('shows the form, or the application, when the page is loaded', async () => {
      const { start } = await load<PageModule>(folder, 'page.mjs', 'client.mjs');
      const page = new BrowserTabs(service.url, '/api');
      const loaded = async () => {
        const shown: unknown[] = [];
        const shows = (view: string) => (what: unknown) => void shown.push({ [view]: what });
        await start({ showApp: shows('app'), showSignIn: shows('form') });
        return shown;
      };
      const original = globalThis.fetch;
      // The page has relative addresses, as in a browser.
      const fetchOfPage = (path: unknown, init?: RequestInit) =>
        typeof path === 'string' ? page.send(path, init!) : original(path as URL, init);
      jest.spyOn(globalThis, 'fetch').mockImplementation(fetchOfPage);
      expect(await loaded()).toEqual([{ form: 'token_missing' }]);
      await module.createClient('/api', page.send).signIn(ada.username, ada.password);
      expect(await loaded()).toEqual([{ app: expect.objectContaining({ username: 'ada' }) }]);
    });

    /** As another tab whose answer was lost would do. */
    async function spendUnseen(token: string) {
      return { pair: await service.api.renew(token) };
    }
  });

  describe('for a mobile app', () => {
    let keystore: Store;
    let client: Client;
    let asked: string[];
    let losses: number;
    let native: NativeModule;

    const restarted = () => native.createClient({ base: service.url, store: keystore, send, pauseMs: 1 });
    const send: Send = async (url, init) => {
      asked.push(`${init.method ?? 'GET'} ${new URL(url).pathname}`);
      const answer = await fetch(url, init);
      if (losses-- > 0) throw new TypeError('fetch failed');
      return answer;
    };

    beforeEach(async () => {
      native = await load<NativeModule>(folder, 'native-client.mjs');
      const { memoryStore } = await load<MemoryModule>(folder, 'memory-store.mjs');
      keystore = memoryStore();
      asked = [];
      losses = 0;
      client = restarted();
      await client.signIn(ada.username, ada.password);
    });

    it('goes on after the app was closed, and tries again with the same token where answers are lost', async () => {
      const token = await keystore.read('refresh');
      losses = 3;
      asked = [];
      client = restarted();
      expect(await me(client)).toMatchObject({ username: 'ada' });
      expect(asked).toEqual([...Array<string>(4).fill('POST /refresh'), 'GET /users/me']);
      expect(await keystore.read('refresh')).not.toBe(token);
      expect(await sessionsOf(client)).toBe(1);
    });

    it('keeps what it got before it uses it', async () => {
      const { write } = keystore;
      keystore.write = async (name, text) => {
        asked.push(`keeps ${name}`);
        await write(name, text);
      };
      asked = [];
      await me(restarted());
      expect(asked).toEqual(['POST /refresh', 'keeps refresh', 'GET /users/me']);
    });

    it('is where it was after a crash before it kept what it got', async () => {
      const { write } = keystore;
      keystore.write = () => Promise.reject(new Error('the battery is empty'));
      await expect(me(restarted())).rejects.toThrow('the battery is empty');
      keystore.write = write;
      service.clock.pass(3_000);
      expect(await me(restarted())).toMatchObject({ username: 'ada' });
    });

    it('refreshes once for many requests, whatever its own clock says', async () => {
      service.clock.pass(900);
      asked = [];
      await Promise.all(Array.from({ length: 5 }, () => me(client)));
      expect(asked.filter((each) => each === 'POST /refresh')).toHaveLength(1);
    });

    it('keeps the token through a 503, and waits for as long as that says', async () => {
      const fetches = jest.spyOn(globalThis, 'fetch');
      const busy = { statusCode: 503, error: 'overloaded', message: 'The service is busy' };
      fetches.mockResolvedValueOnce(Response.json(busy, { status: 503, headers: { 'Retry-After': '1' } }));
      const began = performance.now();
      expect(await me(restarted())).toMatchObject({ username: 'ada' });
      expect(performance.now() - began).toBeGreaterThan(990);
    });

    it('says so, rather than wait, where it is to come back in an hour, and keeps the token', async () => {
      const limited = { statusCode: 429, error: 'rate_limited', message: 'Too many requests' };
      const answer = Response.json(limited, { status: 429, headers: { 'Retry-After': '3600' } });
      jest.spyOn(globalThis, 'fetch').mockResolvedValueOnce(answer);
      await expect(me(restarted())).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 3600 });
      expect(await me(restarted())).toMatchObject({ username: 'ada' });
    });

    it('gives up on a token that was reused, and asks for the password', async () => {
      const token = (await keystore.read('refresh'))!;
      const next = await service.api.renew(token);
      await service.api.renew(next.refresh_token);
      await expect(me(restarted())).rejects.toMatchObject({ status: 401, code: 'refresh_token_reused' });
      await expect(me(restarted())).rejects.toMatchObject({ status: 401, code: 'token_missing' });
      await client.signIn(ada.username, ada.password);
      expect(await me(client)).toMatchObject({ username: 'ada' });
    });

    it('gives the password again where that is due, and keeps its refresh token', async () => {
      service.clock.pass(600);
      const change = () => client.request('PATCH', '/users/me', { username: 'countess' });
      await expect(change()).rejects.toMatchObject({ code: 'fresh_token_required' });
      const token = await keystore.read('refresh');
      await client.proveAgain(ada.password);
      expect(await change()).toMatchObject({ username: 'countess' });
      expect(await keystore.read('refresh')).toBe(token);
    });

    it('signs out, also a second time, and is known as a device when it signs in again', async () => {
      const { access_token } = await service.api.renew((await keystore.read('refresh'))!);
      losses = 1;
      await expect(client.signOut()).rejects.toThrow('fetch failed');
      await client.signOut();
      await service.api.get('/users/me', access_token).expect(401);
      expect(await keystore.read('refresh')).toBe('');
      const fetches = jest.spyOn(globalThis, 'fetch');
      await client.signIn(ada.username, ada.password);
      const device = await keystore.read('device');
      expect(device).toMatch(/^ey/);
      expect(fetches.mock.calls[0]?.[1]?.headers).toMatchObject({ 'X-Device-Token': expect.any(String) });
    });
  });

  it('bring a page of another origin as far as CORS_ORIGINS lets it', async () => {
    const origin = 'https://app.example.org';
    const app = await TestApp.start({ settings: { CORS_ORIGINS: origin } });
    await app.api.register(ada).expect(201);
    const { createClient } = await load<NativeModule>(folder, 'native-client.mjs');
    const { memoryStore } = await load<MemoryModule>(folder, 'memory-store.mjs');
    const send: Send = async (url, init) => {
      const headers = { ...(init.headers as Record<string, string>), Origin: origin };
      const answer = await fetch(url, { ...init, headers });
      // What a browser would not let the page read.
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      return answer;
    };
    const client = createClient({ base: app.url, store: memoryStore(), send, pauseMs: 1 });
    await client.signIn(ada.username, ada.password);
    app.clock.pass(900);
    expect(await me(client)).toMatchObject({ username: 'ada' });
    await client.signOut();
    await app.stop();
  });
});

describe('the recipe for a proxy', () => {
  let folder: string;
  let service: TestApp;
  let proxy: NginxProxy;
  let api: ApiClient;

  beforeAll(async () => {
    folder = newFolder();
    const [port, own] = [String(await freePort()), await freePort()];
    const variables = parseVariables(codeBlock(DOCUMENT, '.env'));
    expect(Object.keys(variables)).toEqual(['API_PREFIX', 'JWT_ISSUER', 'TRUST_PROXY']);
    service = await TestApp.start({
      port: own,
      settings: {
        ...variables,
        JWT_ISSUER: `http://127.0.0.1:${port}`,
        REVOCATIONS_TOKEN,
        METRICS_TOKEN: 'a-token-for-prometheus',
      },
    });
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/index.html'), '<title>the application</title>');
    const configuration = replaceAll(codeBlock(DOCUMENT, 'nginx.conf'), [
      ['events {}', `pid ${join(folder, 'nginx.pid')};\nevents {}`],
      ['server_tokens off;', 'server_tokens off;\naccess_log off;'],
      ['listen 443 ssl', `listen 127.0.0.1:${port}`],
      ['ssl_certificate /etc/ssl/app.example.org.pem;', ''],
      ['ssl_certificate_key /etc/ssl/app.example.org.key;', ''],
      ['root /srv/app', `root ${join(folder, 'app')}`],
      ['server 127.0.0.1:3000', `server 127.0.0.1:${String(own)}`],
    ]);
    proxy = await NginxProxy.startWith(folder, port, configuration);
    api = new ApiClient(`${proxy.url}/api`);
    await api.register(ada).expect(201);
  });
  afterAll(async () => {
    await proxy.stop();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  it('serves the files of the application, and those of the service that are at the root', async () => {
    for (const path of ['/', '/orders/17', '/apiary'])
      expect((await proxy.api.get(path).expect(200)).text).toContain('the application');
    const { body } = await proxy.api.get('/.well-known/oauth-authorization-server').expect(200);
    expect(body).toMatchObject({
      issuer: proxy.url,
      token_endpoint: `${proxy.url}/api/token`,
      jwks_uri: `${proxy.url}/.well-known/jwks.json`,
    });
    await proxy.api.get('/.well-known/jwks.json').expect(200);
  });

  it('signs in the single-page application, by a cookie for its path alone', async () => {
    const { createClient } = await load<ClientModule>(folder, 'client.mjs');
    const browser = new BrowserTabs(proxy.url);
    const client = createClient('/api', browser.send);
    await client.signIn(ada.username, ada.password);
    await client.resume();
    expect(await me(client)).toMatchObject({ username: 'ada' });
    await client.signOut();
  });

  it('lets a page of the same origin refresh, in a browser that says no more than that, and no other', async () => {
    const { username, password } = ada;
    const cookie = setCookieOf(await api.post('/account/session', { username, password }).expect(200))!;
    expect(cookie.attributes).toContain('Path=/api/account/session');
    const ask = (Origin: string) =>
      api.post('/account/session/refresh').set({ Cookie: cookieWith(cookie.value), Origin });
    expect(refusal(await ask('https://evil.example'))).toEqual({
      status: 403,
      error: 'cross_origin_request',
    });
    await ask(proxy.url).expect(200);
  });

  it('tells the service who is asking, whatever they write there themselves', async () => {
    const agent = new Agent({ localAddress: '127.0.0.2' });
    const { body } = await api.login(ada).agent(agent).set('X-Forwarded-For', '203.0.113.7').expect(200);
    const sessions = await api.get('/users/me/sessions', (body as TokenPair).access_token).expect(200);
    const current = { ip: '127.0.0.2', current: true };
    expect((sessions.body as { sessions: object[] }).sessions).toContainEqual(
      expect.objectContaining(current),
    );
  });

  it('does not hold the stream of revocations back', async () => {
    const headers = { Authorization: `Bearer ${REVOCATIONS_TOKEN}` };
    const stream = await EventStream.open(`${proxy.url}/api/revocations/stream`, headers);
    const { access_token } = await api.signIn(ada);
    await api.post('/logout', undefined, access_token).expect(204);
    let told = '';
    while (!told.includes(String(claimsOf(access_token)['sid'])))
      told = JSON.stringify(claimsOf((await stream.next())!.data));
    stream.cut();
  });

  it('refuses a body over the limit in the words of the service', async () => {
    const large = await api.post('/login', { username: 'ada', password: 'x'.repeat(20_000) });
    const { status, message } = errorCatalogue.payload_too_large;
    expect(large.status).toBe(status);
    expect(large.body).toEqual({ statusCode: status, error: 'payload_too_large', message });
  });

  it('keeps the metrics in the house', async () => {
    const own = new ApiClient(`${service.url}/api`);
    await own.get('/metrics', 'a-token-for-prometheus').expect(200);
    for (const path of ['/metrics', '/metrics/', '/./metrics', '//metrics', '/%6detrics'])
      await api.get(path, 'a-token-for-prometheus').expect(404);
  });
});

describe('the recipes for services', () => {
  let folder: string;
  let service: ServiceProcess;
  const running: ServingCommand[] = [];

  /** Starts what was compiled, in a folder of its own. */
  const start = async (name: string, variables: Variables) => {
    const PORT = variables['PORT'] ?? String(await freePort());
    const child = startProcess(process.execPath, [join(folder, `${name}.js`)], folder, {
      ...variables,
      PORT,
    });
    const command = new ServingCommand(child);
    running.push(command);
    const url = `http://127.0.0.1:${PORT}`;
    await command.untilAnswering(url, STARTS_WITHIN_MS);
    return { api: new ApiClient(url), output: () => command.output };
  };

  beforeAll(async () => {
    folder = newServiceFolder();
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    for (const file of ['service-account.mjs', 'introspect.mjs', 'who-has.mjs', 'reports.ts', 'shop.ts'])
      writeFileSync(join(folder, file), codeBlock(DOCUMENT, file));
    const PORT = String(await freePort());
    const JWT_ISSUER = `http://127.0.0.1:${PORT}`;
    service = await ServiceProcess.start(folder, { PORT, JWT_ISSUER, REVOCATIONS_TOKEN });
    await service.api.register(ada).expect(201);
    const options = [
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--strict',
      '--skipLibCheck',
      '--types',
      'node',
    ];
    const decorators = ['--experimentalDecorators', '--emitDecoratorMetadata'];
    const tsc = [
      resolve('node_modules/typescript/bin/tsc'),
      ...options,
      ...decorators,
      'reports.ts',
      'shop.ts',
    ];
    const { code, stdout } = await finish(startProcess(process.execPath, tsc, folder, {}));
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  }, COMPILES_WITHIN_MS);
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await Promise.all(running.map((command) => command.stop()));
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  it('make an account for a service, which asks whether tokens of others hold', async () => {
    const made = await new DocumentShell(folder, {}).run(DOCUMENT, 'umask 077');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const password = readFileSync(join(folder, 'billing.password'), 'utf8').trim();
    expect(password).toMatch(/^[0-9a-f]{48}$/);

    const whoHas = async (token: string) => {
      const variables = { ISSUER: service.url, PASSWORD: password, TOKEN: token };
      const asked = await finish(startProcess(process.execPath, ['who-has.mjs'], folder, variables));
      expect(asked).toMatchObject({ code: 0, stderr: '' });
      return asked.stdout.trim();
    };
    const { access_token, refresh_token } = await service.api.signIn(ada);
    expect(await whoHas(access_token)).toBe('ada');
    expect(await whoHas(refresh_token)).toBe('nobody');
    await service.api.post('/logout', undefined, access_token).expect(204);
    expect(await whoHas(access_token)).toBe('nobody');

    const { introspector } = await load<IntrospectModule>(folder, 'introspect.mjs', 'service-account.mjs');
    const ask = await introspector({ issuer: service.url, username: 'billing', password });
    const other = (await service.api.signIn(ada)).access_token;
    expect(await ask(other)).toMatchObject({ active: true, username: 'ada', roles: ['user'] });
    const own = await service.api.signIn({ username: 'billing', password });
    await service.api.post('/logout-all', undefined, own.access_token).expect(204);
    expect(await ask(other)).toMatchObject({ active: true, username: 'ada' });
  });

  it('have a service sign in once, refresh after that, and sign in again where its session is over', async () => {
    const asked: string[] = [];
    const password = 'a phrase that one service knows';
    await service.api.register({ username: 'reports', password }).expect(201);
    const { serviceAccount } = await load<AccountModule>(folder, 'service-account.mjs');
    // Tokens that are about to expire from the start: each call asks for another.
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
      const form = init?.body as URLSearchParams;
      asked.push(form.get('grant_type')!);
      const answer = await service.api.postForm('/token', form.toString());
      return Response.json({ ...(answer.body as object), expires_in: 5 }, { status: answer.status });
    });
    const accessToken = serviceAccount({ tokenUrl: `${service.url}/token`, username: 'reports', password });
    const [first, same] = await Promise.all([accessToken(), accessToken()]);
    expect(same).toBe(first);
    const next = await accessToken();
    expect(asked).toEqual(['password', 'refresh_token']);
    await service.api.post('/logout', undefined, next).expect(204);
    await service.api.get('/users/me', await accessToken()).expect(200);
    expect(asked.slice(2)).toEqual(['refresh_token', 'password']);
    jest.restoreAllMocks();
  });

  it('have a resource server refuse what a logout has ended, a moment later', async () => {
    const { api } = await start('reports', { ISSUER: service.url, REVOCATIONS_TOKEN });
    await api.get('/reports/health').expect(200, { ok: true });
    expect(refusal(await api.get('/reports'))).toEqual({ status: 401, error: 'token_missing' });
    const { access_token } = await service.api.signIn(ada);
    await api.get('/reports', access_token).expect(200, { reportsOf: 'ada' });
    expect(refusal(await api.get('/reports/all', access_token))).toEqual({ status: 403, error: 'forbidden' });
    await service.api.post('/logout', undefined, access_token).expect(204);
    await until(async () => (await api.get('/reports', access_token)).status === 401);
    expect(refusal(await api.get('/reports', access_token))).toMatchObject({ error: 'token_revoked' });
  });

  it('have an application with the service in it, which closes its own routes', async () => {
    const PORT = String(await freePort());
    const ISSUER = `http://127.0.0.1:${PORT}`;
    const variables = {
      DATABASE_URL: 'sqlite::memory:',
      JWT_KEYS_FILE: join(folder, 'shop.json'),
      FRESH_TTL: '1',
    };
    const { api, output } = await start('shop', { ...variables, PORT, ISSUER });
    const auth = new ApiClient(`${ISSUER}/auth`);
    await api.get('/orders/prices').expect(200);
    expect(refusal(await api.get('/orders'))).toEqual({ status: 401, error: 'token_missing' });
    const { access_token, refresh_token } = await auth.signUp(ada);
    await api.get('/orders', access_token).expect(200, { ordersOf: claimsOf(access_token).sub });
    expect(refusal(await api.get('/orders/all', access_token))).toEqual({ status: 403, error: 'forbidden' });
    await until(async () => (await api.post('/orders/refunds', undefined, access_token)).status === 401);
    const next = await auth.renew(refresh_token);
    await auth.renew(next.refresh_token);
    expect(refusal(await auth.refresh(refresh_token))).toEqual({
      status: 401,
      error: 'refresh_token_reused',
    });
    await until(() => output().includes('was copied'));
  });
});
