import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SignJWT } from 'jose';
import sqlite3 from 'sqlite3';
import { settingNames } from '../../src/config/environment.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { ApiClient, refusal } from '../support/api-client.js';
import { finish, startProcess, type Variables } from '../support/child-process.js';
import { codeBlock, readDocument, tableRows } from '../support/documents.js';
import { foreignHashes } from '../support/foreign-hashes.js';
import { freePort } from '../support/free-port.js';
import { grace } from '../support/people.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { ServingCommand } from '../support/serving-command.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const DOCUMENT = 'docs/moving-over.md';
const COMPILES_WITHIN_MS = 180_000;
const STARTS_WITHIN_MS = 60_000;
const OLD_JWT_SECRET = 'the secret of the service before, in its code';
const REVOCATIONS_TOKEN = 'the-token-of-the-application';
const FRESH_FOR_SECONDS = 4;

/** Who was a user of the service before, with a password that it hashed. */
const ada = { username: 'ada', password: 'correct horse battery staple' };
const oldHashes = {
  flask: foreignHashes.find(({ from }) => from === 'Werkzeug scrypt')!.hash,
  fastapi: foreignHashes.find(({ from }) => from === 'Werkzeug pbkdf2')!.hash,
};

function oldToken(claims: object, { secret = OLD_JWT_SECRET, seconds = 900 } = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + seconds;
  return new SignJWT({ type: 'access', fresh: true, jti: 'one', iat, exp, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));
}

/** The user table of the service before, with the ids that step 2 gives. @returns the lines of step 3 */
async function oldTable(path: string, hash: string): Promise<string> {
  const addSub = codeBlock(DOCUMENT, 'sub.sql');
  const database = new sqlite3.Database(path);
  const sql = [
    'CREATE TABLE user (id INTEGER PRIMARY KEY, username TEXT, password_hash TEXT, firstName TEXT)',
    `INSERT INTO user VALUES (7, '${ada.username}', '${hash}', 'Ada')`,
    addSub,
    `INSERT INTO user (id, username, password_hash) VALUES (8, 'joan', '${hash}')`,
  ];
  const query =
    "SELECT json_object('id', sub, 'username', username, 'password_hash', password_hash) AS line FROM user";
  try {
    return await new Promise((done, fail) => {
      database.exec(sql.join(';\n'), (error) => {
        if (error) fail(error);
      });
      database.all<{ line: string }>(query, (error, rows) => {
        if (error) fail(error);
        else done(rows.map(({ line }) => line).join('\n'));
      });
    });
  } finally {
    database.close();
  }
}

const running: ServingCommand[] = [];
const stopAll = () => Promise.all(running.splice(0).map((serving) => serving.stop()));

/** Starts a program that serves at its last argument. */
async function start(command: string, args: string[], folder: string, variables: Variables) {
  const serving = new ServingCommand(startProcess(command, args, folder, variables));
  running.push(serving);
  const url = `http://127.0.0.1:${variables['PORT'] ?? ''}`;
  await serving.untilAnswering(url, STARTS_WITHIN_MS);
  return new ApiClient(url);
}

const python = {
  flask: {
    files: ['fresh.py', 'gatehouse_flask.py', 'orders_flask.py', 'either.py'],
    command: (module: string, port: string) => ['-m', 'flask', '--app', module, 'run', '--port', port],
    application: 'orders_flask',
    takingBoth: (code: string) =>
      code.replace(
        'JWTManager(app)',
        'from either import require_either\nJWTManager(app, verify=require_either)',
      ),
  },
  fastapi: {
    files: ['fresh.py', 'gatehouse_fastapi.py', 'orders_fastapi.py', 'either.py'],
    command: (module: string, port: string) => ['-m', 'uvicorn', `${module}:app`, '--port', port],
    application: 'orders_fastapi',
    takingBoth: (code: string) =>
      `${code}\n\nfrom either import require_either\nAuthJWT.verify = staticmethod(require_either)\n`,
  },
};

describe.each(['flask', 'fastapi'] as const)('an application with %s that was moved over', (framework) => {
  const { files, command, application, takingBoth } = python[framework];
  let folder: string;
  let service: ServiceProcess;
  let api: ApiClient;
  let both: ApiClient;

  beforeAll(async () => {
    folder = newFolder();
    for (const file of files) writeFileSync(join(folder, file), codeBlock(DOCUMENT, file));
    writeFileSync(join(folder, 'both.py'), takingBoth(codeBlock(DOCUMENT, `${application}.py`)));
    const lines = await oldTable(join(folder, 'app.sqlite'), oldHashes[framework]);
    writeFileSync(join(folder, 'users.jsonl'), lines);
    const PORT = String(await freePort());
    service = await ServiceProcess.start(folder, {
      PORT,
      JWT_ISSUER: `http://127.0.0.1:${PORT}`,
      REVOCATIONS_TOKEN,
    });
    const imported = await runCommand(folder, ['user', 'import', 'users.jsonl']);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    const serve = async (module: string) => {
      const port = String(await freePort());
      return start('/usr/bin/python3', command(module, port), folder, {
        PORT: port,
        PYTHONPATH: resolve('examples/python'),
        PYTHONDONTWRITEBYTECODE: '1',
        JWT_ISSUER: service.url,
        REVOCATIONS_TOKEN,
        FRESH_TTL_SECONDS: String(FRESH_FOR_SECONDS),
        OLD_JWT_SECRET,
        APP_DATABASE: 'app.sqlite',
      });
    };
    [api, both] = await Promise.all([serve(application), serve('both')]);
  }, COMPILES_WITHIN_MS);
  afterAll(async () => {
    await stopAll();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  it('lets in who signs in at Gatehouse with the password of before, and nobody else', async () => {
    const { access_token, refresh_token } = await service.api.signIn(ada);
    const { sub } = claimsOf(access_token);
    await api.get('/orders', access_token).expect(200, { orders_of: sub, name: 'ada' });
    const missing = await api.get('/orders').expect(401);
    expect(missing.headers['www-authenticate']).toMatch(/^Bearer realm=/);
    expect(missing.body).toMatchObject({ error: 'token_missing' });
    for (const token of [refresh_token, await oldToken({ sub: 'ada' })])
      expect(refusal(await api.get('/orders', token))).toEqual({ status: 401, error: 'invalid_token' });
  });

  it('refuses what a logout has ended, a moment later', async () => {
    const { access_token } = await service.api.signIn(ada);
    await api.get('/orders', access_token).expect(200);
    await service.api.post('/logout', undefined, access_token).expect(204);
    await until(async () => (await api.get('/orders', access_token)).status === 401);
  });

  it('asks who may be anybody for no token, but refuses a bad one', async () => {
    const { access_token } = await service.api.signIn(ada);
    await api.get('/prices').expect(200, { for_customers: false });
    await api.get('/prices', access_token).expect(200, { for_customers: true });
    await api.get('/prices', 'nonsense').expect(401);
  });

  it('wants a fresh token where it did, which reauthenticate gives and a refresh does not', async () => {
    const pair = await service.api.signIn(ada);
    const refund = (token: string) => api.post('/refunds', undefined, token);
    await refund(pair.access_token).expect(200, { refunded: true });
    await until(async () => (await refund(pair.access_token)).status === 401);
    const { access_token } = await service.api.renew(pair.refresh_token);
    const stale = await refund(access_token).expect(401);
    expect(stale.body).toMatchObject({ error: 'fresh_token_required' });
    expect(stale.headers['www-authenticate']).toContain(
      'error="insufficient_user_authentication", max_age="4"',
    );
    const { password } = ada;
    const fresh = await service.api.post('/reauthenticate', { password }, access_token).expect(200);
    await refund((fresh.body as TokenPair).access_token).expect(200);
  });

  it('takes both kinds of token for a while, and knows the same user by either', async () => {
    const { access_token } = await service.api.signIn(ada);
    const { sub } = claimsOf(access_token);
    const owned = { orders_of: sub, name: 'ada' };
    await both.get('/orders', access_token).expect(200, owned);
    await both.get('/orders', await oldToken({ sub: 'ada' })).expect(200, owned);
    await both.get('/orders', await oldToken({ sub: 'ada', type: undefined })).expect(200, owned);
    const { body } = await both.get('/orders', await oldToken({ sub: 'joan' })).expect(200);
    expect((body as { orders_of: string }).orders_of).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('takes an old token for fresh where it was, and for no longer than another', async () => {
    const refund = async (claims: object) =>
      refusal(await both.post('/refunds', undefined, await oldToken({ sub: 'ada', ...claims })));
    expect(await refund({})).toMatchObject({ status: 200 });
    const iat = Math.floor(Date.now() / 1000) - FRESH_FOR_SECONDS - 1;
    for (const claims of [{ fresh: false }, { fresh: undefined }, { iat }, { iat: undefined }])
      expect(await refund(claims)).toEqual({ status: 401, error: 'fresh_token_required' });
  });

  it('takes no old token that the service before would have refused', async () => {
    const bad = await Promise.all([
      oldToken({ sub: 'ada', type: 'refresh' }),
      oldToken({ sub: 'nobody' }),
      oldToken({ sub: 'ada' }, { seconds: -10 }),
      oldToken({ sub: 'ada' }, { secret: 'a guess that has as many bytes as are due' }),
    ]);
    for (const token of [...bad, 'nonsense'])
      expect(refusal(await both.get('/orders', token))).toEqual({ status: 401, error: 'invalid_token' });
    await both.get('/orders').expect(401);
  });

  it('leaves the refresh tokens of before without use at Gatehouse', async () => {
    const token = await oldToken({ sub: 'ada', type: 'refresh' });
    expect(refusal(await service.api.refresh(token))).toEqual({ status: 401, error: 'token_invalid' });
  });

  if (framework === 'fastapi') {
    it('has what the tutorial had, and the detail that its clients read', async () => {
      const form = { username: ada.username, password: ada.password };
      const { body } = await service.api.postForm('/token', form).expect(200);
      const { access_token } = body as TokenPair;
      await api.get('/users/me/items/', access_token).expect(200, [{ item_id: 'Foo', owner: ada.username }]);
      const refused = await api.get('/users/me/items/').expect(401);
      expect(refused.body).toEqual({
        detail: 'An access token is needed',
        error: 'token_missing',
        message: 'An access token is needed',
      });
      const description = (await api.get('/openapi.json').expect(200)).body as {
        components: { securitySchemes: object };
      };
      expect(JSON.stringify(description.components.securitySchemes)).toContain(`${service.url}/token`);
    });
  }
});

describe('a Nest application from the guides that was moved over', () => {
  const files = ['orders.ts', 'user.entity.ts', 'either.guard.ts', 'jwt.strategy.ts'];
  let folder: string;
  let api: ApiClient;
  let serve: (name: string) => Promise<ApiClient>;

  /** The application of the document while the old strategy is still there. */
  const takingBoth = (code: string) =>
    [
      "import { JwtModule } from '@nestjs/jwt';",
      "import { EitherGuard } from './either.guard.js';",
      "import { JwtStrategy } from './jwt.strategy.js';",
      code
        .replace('@UseGuards(GatehouseGuard)', '@UseGuards(EitherGuard)')
        .replace(', GatehouseGuard,', ',')
        .replace('imports: [\n    TypeOrm', 'imports: [\n    JwtModule.register({}),\n    TypeOrm')
        .replace('providers: [UsersService]', 'providers: [UsersService, JwtStrategy, EitherGuard]'),
    ].join('\n');

  beforeAll(async () => {
    folder = newFolder();
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    for (const file of files) writeFileSync(join(folder, file), codeBlock(DOCUMENT, file));
    writeFileSync(join(folder, 'both.ts'), takingBoth(codeBlock(DOCUMENT, 'orders.ts')));
    writeFileSync(join(folder, 'users.jsonl'), await oldTable(join(folder, 'app.sqlite'), oldHashes.fastapi));
    const imported = await runCommand(folder, ['user', 'import', 'users.jsonl']);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    const flags = ['strict', 'skipLibCheck', 'experimentalDecorators', 'emitDecoratorMetadata'];
    const options = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const tsc = [
      resolve('node_modules/typescript/bin/tsc'),
      ...options,
      ...flags.map((flag) => `--${flag}`),
      'orders.ts',
      'both.ts',
    ];
    const { code, stdout } = await finish(startProcess(process.execPath, tsc, folder, {}));
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    serve = async (name: string) => {
      const PORT = String(await freePort());
      return start(process.execPath, [`${name}.js`], folder, {
        PORT,
        APP_DATABASE: 'app.sqlite',
        DATABASE_URL: 'sqlite:./data/gatehouse.sqlite',
        JWT_ISSUER: `http://127.0.0.1:${PORT}`,
        OLD_JWT_SECRET,
        FRESH_TTL: String(FRESH_FOR_SECONDS),
        PASSWORD_HASH_MEMORY_KIB: '8',
        PASSWORD_HASH_PASSES: '1',
        THROTTLE_LOGIN: '100 per minute',
      });
    };
    api = await serve('orders');
  }, COMPILES_WITHIN_MS);
  afterAll(async () => {
    await stopAll();
    rmSync(folder, { recursive: true });
  });

  const signIn = async (at: ApiClient, person: typeof ada) =>
    (await at.post('/auth/login', person).expect(200)).body as TokenPair;

  it('lets in who signs in with the password of before, and finds the row of before', async () => {
    const { access_token } = await signIn(api, ada);
    await api.get('/orders', access_token).expect(200, { ordersOf: 7, username: 'ada' });
    const missing = await api.get('/orders').expect(401);
    expect(missing.body).toMatchObject({ statusCode: 401, error: 'token_missing' });
    expect(refusal(await api.get('/orders/all', access_token))).toEqual({ status: 403, error: 'forbidden' });
    expect(refusal(await api.get('/orders', await oldToken({ sub: 7 })))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
  });

  it('makes a row, once, for who has registered at Gatehouse', async () => {
    const { username, password } = grace;
    await api.post('/auth/register', grace).expect(201);
    const { access_token } = await signIn(api, { username, password });
    for (let time = 1; time <= 2; time++)
      await api.get('/orders', access_token).expect(200, { ordersOf: 9, username: 'grace' });
  });

  it('wants a fresh token where it says so', async () => {
    const { access_token } = await signIn(api, ada);
    const refund = (token: string) => api.post('/orders/refunds', undefined, token);
    await refund(access_token).expect(201);
    await until(async () => (await refund(access_token)).status === 401);
    const { password } = ada;
    const { body } = await api.post('/auth/reauthenticate', { password }, access_token).expect(200);
    await refund((body as TokenPair).access_token).expect(201);
  });

  it('takes both kinds of token for a while, and lets an old one open no more than a route for anybody', async () => {
    await stopAll();
    const both = await serve('both');
    const { access_token } = await signIn(both, ada);
    const old = await oldToken({ sub: 7, username: 'ada', roles: ['admin'] });
    for (const token of [access_token, old])
      await both.get('/orders', token).expect(200, { ordersOf: 7, username: 'ada' });
    await both.get('/orders/all', old).expect(401);
    await both.post('/orders/refunds', undefined, old).expect(401);
    await both.get('/orders/all', access_token).expect(403);
    await both.post('/orders/refunds', undefined, access_token).expect(201);
    const bad = await Promise.all([
      oldToken({ sub: 7 }, { seconds: -10 }),
      oldToken({ sub: 7 }, { secret: 'a guess that has as many bytes as are due' }),
      oldToken({ sub: 70 }),
    ]);
    for (const token of [...bad, 'nonsense', '', undefined]) await both.get('/orders', token).expect(401);
  });
});

describe('what docs/moving-over.md says that clients notice', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await TestApp.start();
    await service.api.register(grace).expect(201);
  });
  afterAll(() => service.stop());

  it('is a new refresh token with each refresh, which has to be kept', async () => {
    const { api } = service;
    const first = await api.signIn(grace);
    const next = (await api.refresh(first.refresh_token).expect(200)).body as TokenPair;
    expect(next.refresh_token).not.toBe(first.refresh_token);
    await api.get('/protected', next.access_token).expect(200, { logged_in_as: 'grace' });
    service.clock.pass(60);
    expect(refusal(await api.refresh(first.refresh_token))).toEqual({
      status: 401,
      error: 'refresh_token_reused',
    });
  });

  it('are the routes and codes of a client of Flask-JWT-Extended', async () => {
    const { api } = service;
    const { access_token, refresh_token } = await api.signIn(grace);
    await api.delete('/logout', access_token).expect(405);
    expect(refusal(await api.get('/protected', refresh_token))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
    expect(refusal(await api.post('/login', { ...grace, remember: true }))).toEqual({
      status: 400,
      error: 'validation_failed',
    });
    const refused = await api.get('/protected').expect(401);
    expect(Object.keys(refused.body as object)).toEqual(['statusCode', 'error', 'message']);
    service.clock.pass(600);
    const change = await api.patch('/users/me', { username: 'hopper' }, access_token).expect(401);
    expect(change.body).toMatchObject({ error: 'fresh_token_required' });
    await api.post('/logout', undefined, access_token).expect(204);
  });

  it('is nothing of a body that is announced and does not come, as many clients do it', async () => {
    const { refresh_token } = await service.api.signIn(grace);
    await service.api.refresh(refresh_token).type('json').expect(200);
  });

  it('are the answers of /token, with and without a grant_type', async () => {
    const form = { username: 'grace', password: 'not the password' };
    expect(refusal(await service.api.postForm('/token', { ...form, grant_type: 'password' }))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
    expect(refusal(await service.api.postForm('/token', form))).toEqual({
      status: 401,
      error: 'invalid_credentials',
    });
  });
});

describe('docs/moving-over.md', () => {
  const here = [
    '## Flask-JWT-Extended',
    "## fastapi-jwt-auth, and FastAPI's tutorial",
    '## A Nest application from the guides',
  ].map((heading) => tableRows(readDocument(DOCUMENT), heading));

  it('has three tables', () => {
    for (const rows of here) expect(rows.length).toBeGreaterThan(10);
  });

  it('names no setting and no route that there is not', () => {
    const prose = readDocument(DOCUMENT).replace(/^ *```[^]*?^ *```$/gm, '');
    const told = [...here.flat().map(([, cell]) => cell ?? ''), prose.replace(/^\|.*$/gm, '')];
    const notSettings = ['APP_GUARD'];
    const settings = told.flatMap((cell) => cell.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []);
    expect(settings.length).toBeGreaterThan(10);
    expect(settingNames).toEqual(
      expect.arrayContaining(settings.filter((name) => !notSettings.includes(name))),
    );
    const listed = tableRows(readDocument('docs/routes.md')).map(([route]) => route);
    const routes = [...prose.matchAll(/`((?:GET|POST|PATCH|DELETE) )(?:\/auth)?(\/[\w/-]+)/g)]
      .map(([, method = '', path = '']) => `${method}${path}`)
      .filter((route) => !['DELETE /logout', 'GET /profile'].includes(route));
    expect(routes.length).toBeGreaterThan(20);
    expect(listed).toEqual(expect.arrayContaining(routes));
  });
});
