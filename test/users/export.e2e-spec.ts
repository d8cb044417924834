import type { AccountExport } from '../../src/auth/account-export.js';
import { FeatureData } from '../../src/users/feature-data.js';
import { signUp, type SignedIn } from '../support/admins.js';
import { refusal } from '../support/api-client.js';
import { importUsers } from '../support/import-users.js';
import { columnsOf } from '../support/look-into.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

describe('the export of an account', () => {
  let service: TestApp;
  let user: SignedIn;

  const ask = (token?: string) => service.api.get('/users/me/export', token);
  const exported = async (token: string) => (await ask(token).expect(200)).body as AccountExport;

  beforeEach(async () => {
    service = await TestApp.start();
    user = await signUp(service, grace);
  });
  afterEach(() => service.stop());

  it('has everything that is kept about the user', async () => {
    const { body } = await service.api
      .post('/login', { username: 'grace', password: grace.password })
      .set('User-Agent', 'Mark-I')
      .expect(200);
    const phone = body as SignedIn;
    service.clock.pass(60);
    await service.api.refresh(phone.refresh_token).set('User-Agent', 'Mark-I').expect(200);
    await service.api.post('/logout', undefined, phone.access_token).expect(204);

    const document = await exported(user.access_token);
    expect(Object.keys(document)).toEqual(['exported_at', 'user', 'sessions', 'audit_events', 'features']);
    expect(document.exported_at).toBe('2026-03-01T12:01:00.000Z');
    expect(document.user).toEqual({
      ...((await service.api.get('/users/me', user.access_token)).body as object),
      password_changed_at: '2026-03-01T12:00:00.000Z',
      pending_email: null,
      imported: false,
    });
    expect(document.sessions).toHaveLength(2);
    const ended = document.sessions.find(({ id }) => id === claimsOf(phone.access_token)['sid']);
    expect(ended).toMatchObject({
      created_at: '2026-03-01T12:00:00.000Z',
      last_used_at: '2026-03-01T12:01:00.000Z',
      ip: '127.0.0.1',
      user_agent: 'Mark-I',
      ended_at: '2026-03-01T12:01:00.000Z',
      ended_reason: 'logout',
      refresh_tokens: [
        { id: claimsOf(phone.refresh_token).jti, used_at: '2026-03-01T12:01:00.000Z', revoked_at: null },
        { used_at: null },
      ],
    });
    expect(document.audit_events.map(({ type }) => type)).toEqual([
      'user_registered',
      'signed_in',
      'signed_in',
      'sessions_ended',
    ]);
    expect(document.audit_events[1]).toMatchObject({
      created_at: '2026-03-01T12:00:00.000Z',
      ip: '127.0.0.1',
    });
  });

  it('names every column of the tables that belong to users, but for the hash and the forms for comparison', async () => {
    const document = await exported(user.access_token);
    const [session] = document.sessions;
    const left = async (table: string, shown: object | undefined, known: string[]) =>
      (await columnsOf(service, table)).filter(
        (name) => !Object.keys(shown ?? {}).includes(name) && !known.includes(name),
      );
    expect(await left('users', document.user, ['imported_from', 'password_hash'])).toEqual([
      'username_folded',
      'email_folded',
    ]);
    expect(await left('sessions', session, ['user_id'])).toEqual([]);
    const links = [
      'jti',
      'session_id',
      'parent_jti',
      'successor_jti',
      'parent_repeats',
      'access_jti',
      'access_expires_at',
    ];
    expect(await left('refresh_tokens', session?.refresh_tokens[0], links)).toEqual([]);
    const chain = ['seq', 'actor_id', 'personal', 'salt', 'personal_digest', 'hash'];
    expect(await left('audit_events', document.audit_events[0], chain)).toEqual([]);
  });

  it('has no hash, no password and no token in it', async () => {
    const { text } = await ask(user.access_token).expect(200);
    const [stored] = await service.query<{ password_hash: string }>('SELECT password_hash FROM users');
    for (const secret of [stored!.password_hash, grace.password, user.access_token, user.refresh_token])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/argon2|password_hash|eyJ/);
  });

  it('is a file to keep, and no cache keeps it', async () => {
    const { headers } = await ask(user.access_token).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="account.json"',
      'cache-control': 'no-store',
    });
  });

  it('says that an account came from another system, without what it was imported as', async () => {
    await importUsers(service, [ada]);
    const { access_token } = await service.api.signIn(ada);
    const document = await exported(access_token);
    expect(document.user).toMatchObject({ username: 'ada', imported: true });
    const [stored] = await service.query<{ imported_from: string }>(
      "SELECT imported_from FROM users WHERE username = 'ada'",
    );
    expect(Object.values(document.user)).not.toContain(stored!.imported_from);
  });

  it('has what features keep of the user, by the name of each', async () => {
    const features = service.app.get(FeatureData, { strict: false });
    features.add('orders', (userId) => Promise.resolve([{ title: `of ${userId}` }]));
    features.add('carts', () => Promise.resolve([]));
    expect(() => {
      features.add('orders', () => Promise.resolve([]));
    }).toThrow('orders are exported by another feature already');
    const document = await exported(user.access_token);
    expect(document.features).toEqual({ orders: [{ title: `of ${user.id}` }], carts: [] });
  });

  it('is none where a feature fails, rather than one that lacks something', async () => {
    const features = service.app.get(FeatureData, { strict: false });
    features.add('orders', () => Promise.reject(new Error('the shop is closed')));
    expect(refusal(await ask(user.access_token))).toEqual({ status: 500, error: 'internal_error' });
  });

  it('is about the caller, and nobody else', async () => {
    const stranger = await signUp(service, ada);
    const { text } = await ask(stranger.access_token).expect(200);
    expect(text).not.toContain(grace.email);
    expect(text).not.toContain(user.id);
    expect(text).not.toContain(String(claimsOf(user.access_token)['sid']));
  });

  it('needs an access token', async () => {
    expect(refusal(await ask())).toEqual({ status: 401, error: 'token_missing' });
    expect(refusal(await ask(user.refresh_token))).toEqual({ status: 401, error: 'token_invalid' });
  });
});
