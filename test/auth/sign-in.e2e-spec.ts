import { setTimeout as sleep } from 'node:timers/promises';
import { AccountDeletionService } from '../../src/auth/account-deletion.service.js';
import { AccountsService } from '../../src/auth/accounts.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf, headerOf } from '../support/tokens.js';

describe('signing in', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
    await service.api.register(ada).expect(201);
    await service.api.register(grace).expect(201);
  });
  afterAll(() => service.stop());

  it('answers with a pair of tokens and how long each holds', async () => {
    const answer = await service.api.login(ada).expect(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String) as string,
      refresh_token: expect.any(String) as string,
      token_type: 'bearer',
      expires_in: 900,
      refresh_expires_in: 2_592_000,
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('takes the email address for a username, without regard to case', async () => {
    await service.api.login({ username: 'Grace@EXAMPLE.org', password: grace.password }).expect(200);
    await service.api.login({ username: 'GRACE', password: grace.password }).expect(200);
  });

  it('puts the claims of RFC 9068 into an access token, and nothing that was not asked for', async () => {
    const { access_token } = await service.api.signIn(grace);
    const now = service.clock.now().getTime() / 1000;
    expect(headerOf(access_token)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.any(String) as string,
    });
    expect(claimsOf(access_token)).toEqual({
      iss: 'http://localhost:3000',
      aud: 'gatehouse',
      sub: expect.any(String) as string,
      jti: expect.any(String) as string,
      sid: expect.any(String) as string,
      iat: now,
      nbf: now,
      exp: now + 900,
      type: 'access',
      auth_time: now,
      fresh: true,
      username: 'grace',
      roles: ['user'],
    });
  });

  it('puts no claim about the person into a refresh token', async () => {
    const { access_token, refresh_token } = await service.api.signIn(grace);
    const now = service.clock.now().getTime() / 1000;
    const { sub, sid } = claimsOf(access_token);
    expect(headerOf(refresh_token)).toMatchObject({ alg: 'ES256', typ: 'rt+jwt' });
    expect(claimsOf(refresh_token)).toEqual({
      iss: 'http://localhost:3000',
      aud: 'http://localhost:3000',
      sub,
      sid,
      jti: expect.any(String) as string,
      iat: now,
      nbf: now,
      exp: now + 2_592_000,
      type: 'refresh',
    });
  });

  it('gives every sign-in a session and tokens of its own', async () => {
    const [first, second] = [await service.api.signIn(ada), await service.api.signIn(ada)];
    expect(claimsOf(first.access_token)['sid']).not.toBe(claimsOf(second.access_token)['sid']);
    expect(claimsOf(first.access_token).jti).not.toBe(claimsOf(second.access_token).jti);
  });

  it('answers an unknown user and a wrong password alike', async () => {
    const wrong = await service.api.login({ username: 'ada', password: 'not the password' });
    const unknown = await service.api.login({ username: 'nobody', password: 'not the password' });
    expect(refusal(wrong)).toEqual({ status: 401, error: 'invalid_credentials' });
    expect(wrong.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
    expect(unknown.status).toBe(wrong.status);
    expect(unknown.body).toEqual(wrong.body);
    expect(unknown.headers['www-authenticate']).toBe(wrong.headers['www-authenticate']);
  });

  it('does not read credentials from the URL', async () => {
    const { username, password } = ada;
    const answer = await service.api.raw().post('/login').query({ username, password }).send({});
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
  });

  it.each([
    ['no password', { username: 'ada' }],
    ['an empty password', { username: 'ada', password: '' }],
    ['a null character', { username: 'ada\0', password: 'x' }],
    ['a number', { username: 1, password: 'x' }],
    ['an unknown field', { ...ada, remember: true }],
    ['a password beyond all bounds', { username: 'ada', password: 'x'.repeat(513) }],
  ])('refuses a body with %s', async (_, body) => {
    expect(refusal(await service.api.post('/login', body))).toEqual({
      status: 400,
      error: 'validation_failed',
    });
  });

  it('tells only who knows the password that the account is disabled', async () => {
    const user = await service.app.get(UsersService).findByUsername('grace');
    if (!user) throw new Error('grace is not registered');
    const { access_token, refresh_token } = await service.api.signIn(grace);
    await service.app.get(AccountsService).disable(user);

    expect(refusal(await service.api.login(grace))).toEqual({ status: 403, error: 'account_disabled' });
    const wrong = await service.api.login({ ...grace, password: 'not the password' });
    expect(refusal(wrong)).toEqual({ status: 401, error: 'invalid_credentials' });
    for (const answer of [
      await service.api.get('/user', access_token),
      await service.api.refresh(refresh_token),
    ]) {
      expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
      expect(answer.body).toMatchObject({ reason: 'account_disabled' });
    }

    await service.app.get(AccountsService).enable(user);
    await service.api.login(grace).expect(200);
  });
});

describe('a hash made with other parameters', () => {
  it('still signs in, and is renewed by it', async () => {
    const before = await TestApp.start();
    await before.api.register(ada).expect(201);
    const folder = await before.stopAndKeep();

    const after = await TestApp.start({ folder, settings: { PASSWORD_HASH_PASSES: '2' } });
    await after.api.login(ada).expect(200);
    const [row] = await after.query<{ password_hash: string }>('SELECT password_hash FROM users');
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=8,t=2,p=1\$/);
    await after.api.login(ada).expect(200);
    await after.stop();
  });
});

describe('a password that is still being checked', () => {
  /** Long enough to do something else while a hash is made. */
  const slowHashes = { PASSWORD_HASH_MEMORY_KIB: '65536', PASSWORD_HASH_PASSES: '4' };
  const HASH_BEGUN_MS = 40;
  let service: TestApp;

  beforeEach(async () => {
    service = await TestApp.start({ settings: slowHashes });
    await service.api.register(ada).expect(201);
  });
  afterEach(() => service.stop());

  const meanwhile: [string, () => Promise<unknown>, object][] = [
    [
      'the account is disabled',
      async () => service.app.get(AccountsService).disable(await stored()),
      { status: 403, error: 'account_disabled' },
    ],
    [
      'the password is changed',
      () =>
        service.query(
          "UPDATE users SET password_changed_at = password_changed_at + 1 WHERE username = 'ada'",
        ),
      { status: 401, error: 'invalid_credentials' },
    ],
    [
      'the account is deleted',
      async () => service.app.get(AccountDeletionService).delete((await stored()).id),
      { status: 401, error: 'invalid_credentials' },
    ],
  ];
  const stored = async () => (await service.app.get(UsersService).findByUsername('ada'))!;

  it.each(meanwhile)('signs nobody in where %s meanwhile', async (_, happens, refused) => {
    const answer = service.api.login(ada).then((response) => response);
    await sleep(HASH_BEGUN_MS);
    await happens();
    expect(refusal(await answer)).toEqual(refused);
    expect(await service.query('SELECT id FROM sessions')).toEqual([]);
  });

  it('makes no token fresh where the account is disabled meanwhile', async () => {
    const { access_token } = await service.api.signIn(ada);
    const { password } = ada;
    const answer = service.api
      .post('/reauthenticate', { password }, access_token)
      .then((response) => response);
    await sleep(HASH_BEGUN_MS);
    await service.app.get(AccountsService).disable(await stored());
    expect(refusal(await answer)).toEqual({ status: 403, error: 'account_disabled' });
  });
});

describe('a full password-hash queue', () => {
  it('answers 503 with Retry-After at once, and serves whom it took in', async () => {
    const service = await TestApp.start({
      settings: { PASSWORD_HASH_QUEUE: '1', PASSWORD_HASH_MEMORY_KIB: '65536' },
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.api.login(ada)));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    for (const answer of busy) {
      expect(refusal(answer)).toEqual({ status: 503, error: 'overloaded' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(20 - busy.length);
    await service.stop();
  });
});
