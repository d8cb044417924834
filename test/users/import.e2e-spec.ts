import { UserExportService } from '../../src/users/transfer/user-export.service.js';
import type { UserRecord } from '../../src/users/transfer/user-record.js';
import { bcryptHashes, pbkdf2Hashes } from '../support/foreign-hashes.js';
import { importUsers } from '../support/import-users.js';
import { ada, grace } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';

const { hash, password } = bcryptHashes[0]!;
const { hash: otherHash } = pbkdf2Hashes[0]!;
const id = 'c9f9b5c4-7a3e-4f7e-9d9b-0d9f6e3c2a11';

async function exportUsers(service: TestApp): Promise<UserRecord[]> {
  const records: UserRecord[] = [];
  for await (const record of service.app.get(UserExportService).export()) records.push(record);
  return records;
}

describe('an import', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(() => removeUsers(service));
  afterAll(() => service.stop());

  it('takes over all that a line says', async () => {
    const line = {
      id,
      username: 'Ada',
      email: 'Ada@example.org',
      email_verified: true,
      roles: ['user', 'admin'],
      disabled: false,
      created_at: '2019-12-10T10:00:00.123456+02:00',
      password_hash: hash,
    };
    await importUsers(service, [line]);
    const { access_token } = await service.api.signIn({ username: 'ada@EXAMPLE.org', password });
    expect((await service.api.get('/users/me', access_token)).body).toEqual({
      id,
      username: 'Ada',
      email: 'Ada@example.org',
      email_verified: true,
      pending_email: null,
      roles: ['user', 'admin'],
      disabled: false,
      created_at: '2019-12-10T08:00:00.123Z',
      updated_at: service.clock.now().toISOString(),
    });
  });

  it('gives a user with nothing but a name and a password what a registration gives', async () => {
    await importUsers(service, [
      { username: 'ada', password: 'secret', id: null, email: null, password_hash: null },
    ]);
    const { access_token } = await service.api.signIn({ username: 'ada', password: 'secret' });
    expect((await service.api.get('/users/me', access_token)).body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: null,
      email_verified: false,
      roles: ['user'],
      disabled: false,
      created_at: service.clock.now().toISOString(),
    });
    const [row] = await service.query<{ password_hash: string }>('SELECT password_hash FROM users');
    expect(row?.password_hash).toMatch(/^\$argon2id\$/);
  });

  it('keeps a disabled user out', async () => {
    await importUsers(service, [{ username: 'ada', password_hash: hash, disabled: true }]);
    await service.api.login({ username: 'ada', password }).expect(403);
  });

  it.each([
    [
      'a username of other characters',
      { username: 'ada@example.org' },
      'username must be 3 to 64 of the characters',
    ],
    ['no username', { username: undefined }, 'username is missing'],
    ['an email that is none', { email: 'ada' }, 'email must be an email address'],
    ['an email that is verified and not there', { email_verified: true }, 'email_verified needs an email'],
    ['a flag that is a number', { disabled: 1 }, 'disabled must be true or false'],
    ['an unknown role', { roles: ['king'] }, 'roles must list some of user, admin, introspect, each once'],
    ['no roles at all', { roles: [] }, 'roles must list some of'],
    ['roles that are a text', { roles: 'admin' }, 'roles must list some of'],
    ['a role twice', { roles: ['user', 'user'] }, 'roles must list some of'],
    ['an id that is no UUID', { id: '42' }, 'id must be a UUID'],
    ['a time without a zone', { created_at: '2026-03-01T12:00:00' }, 'created_at must be a time of ISO 8601'],
    ['a time that is a number', { created_at: 1764000000 }, 'created_at must be a time of ISO 8601'],
    [
      'a time that never was',
      { created_at: '2026-13-01T12:00:00Z' },
      'created_at must be a time of ISO 8601',
    ],
    ['an unknown field', { full_name: 'Ada Lovelace' }, 'full_name is not a known field'],
    ['a field by the name of constructor', { constructor: 1 }, 'constructor is not a known field'],
    ['neither a hash nor a password', { password_hash: undefined }, 'password_hash is missing'],
    ['both a hash and a password', { password: 'secret' }, 'password must not stand beside password_hash'],
    ['an empty password', { password_hash: undefined, password: '' }, 'password must be 1 to 512 characters'],
    [
      'a hash of an unknown format',
      { password_hash: 'fakehashedsecret' },
      'password_hash is of no format that is known',
    ],
    ['a malformed hash', { password_hash: hash.slice(0, -1) }, 'password_hash is no well-formed bcrypt hash'],
    ['a hash that is a number', { password_hash: 1 }, 'password_hash must be a text'],
    [
      'a hash beyond all lengths',
      { password_hash: `pbkdf2:sha256:1$${'a'.repeat(500)}$aa` },
      'at most 512 characters',
    ],
    [
      'a hash that takes minutes',
      { password_hash: hash.replace('$05$', '$28$') },
      'password_hash has the bcrypt cost 28',
    ],
    [
      'a hash that takes gigabytes',
      { password_hash: '$argon2id$v=19$m=4194304,t=1,p=1$xrh3DgEA4Nzb+9/7/783Zg$0ocj7PBuxgr7s6CW+lrraA' },
      'password_hash takes 4194304 KiB',
    ],
  ])('refuses a line with %s, and takes those around it', async (_, change, words) => {
    const result = await importUsers(service, [
      { username: 'before', password_hash: hash },
      { username: 'ada', password_hash: hash, ...change },
      { username: 'after', password_hash: hash },
    ]);
    expect(result).toMatchObject({ lines: 3, imported: 2, present: 0, refused: 1 });
    expect(result.refusals).toEqual([{ line: 2, fault: expect.stringContaining(words) }]);
  });

  it('tells of all that is wrong with a line at once', async () => {
    const { refusals } = await importUsers(service, [{ username: 'a', email: 'b', password: '' }]);
    expect(refusals[0]?.fault).toMatch(/^username .+; email .+; password .+$/);
  });

  it('refuses names that come twice, without regard to case', async () => {
    const result = await importUsers(service, [
      { username: 'ada', email: 'ada@example.org', id, password_hash: hash },
      { username: 'ADA', password_hash: hash },
      { username: 'ada2', email: 'Ada@Example.org', password_hash: hash },
      { username: 'ada3', id: id.toUpperCase(), password_hash: hash },
    ]);
    expect(result.imported).toBe(1);
    expect(result.refusals).toEqual([
      { line: 2, fault: 'username is that of line 1, too' },
      { line: 3, fault: 'email is that of line 1, too' },
      { line: 4, fault: 'id is that of line 1, too' },
    ]);
  });

  it('leaves users alone who are there already, however they have changed since', async () => {
    const lines = [
      { id, username: 'ada', email: 'ada@example.org', password_hash: hash },
      { username: 'grace', password: grace.password },
      { username: 'linus', password_hash: otherHash },
    ];
    expect(await importUsers(service, lines)).toMatchObject({ imported: 3, present: 0, refused: 0 });
    const { access_token } = await service.api.signIn({ username: 'ada', password });
    const change = { current_password: password, new_password: 'an entirely different phrase' };
    await service.api.post('/users/me/password', change, access_token).expect(204);
    await service.query('UPDATE users SET disabled = TRUE WHERE username = ?', ['linus']);
    const before = await exportUsers(service);

    expect(await importUsers(service, lines)).toMatchObject({ imported: 0, present: 3, refused: 0 });
    expect(await exportUsers(service)).toEqual(before);
  });

  it('refuses to make one user of two, and changes neither', async () => {
    await importUsers(service, [
      { id, username: 'ada', email: 'ada@example.org', password_hash: hash },
      { username: 'linus', password: 'secret' },
    ]);
    const before = await exportUsers(service);
    const result = await importUsers(service, [
      { id: id.replace('c9', 'd9'), username: 'Ada', password_hash: hash },
      { username: 'linus', email: 'linus@example.org', password: 'secret' },
      { username: 'hedy', email: 'ADA@example.org', password_hash: hash },
      { username: 'mary', id, password_hash: hash },
      { username: 'new', password_hash: hash },
    ]);
    expect(result).toMatchObject({ lines: 5, imported: 1, present: 0, refused: 4 });
    expect(result.refusals).toEqual([
      { line: 1, fault: 'username is that of a user with another id' },
      { line: 2, fault: 'username is that of a user with another email' },
      { line: 3, fault: 'email is that of another user' },
      { line: 4, fault: 'id is that of another user' },
    ]);
    expect((await exportUsers(service)).filter(({ username }) => username !== 'new')).toEqual(before);
  });

  it('takes nobody for a user who was imported with another password, or has registered here', async () => {
    await importUsers(service, [
      { username: 'linus', password_hash: hash },
      { username: 'mary', password_hash: hash },
      { username: 'hedy', password: 'secret' },
    ]);
    await service.api.register(grace).expect(201);
    await service.api.login({ username: 'linus', password }).expect(200);
    const { refusals } = await importUsers(service, [
      { username: 'linus', password_hash: otherHash },
      { username: 'mary', password: 'secret' },
      { username: 'hedy', password_hash: hash },
      { username: 'grace', password: grace.password },
    ]);
    const fault = 'username is that of a user with another password';
    expect(refusals).toEqual([1, 2, 3, 4].map((line) => ({ line, fault })));
  });

  it('stops at the first line that it refuses, where it is told to', async () => {
    const lines = [
      { username: 'ada', password_hash: hash },
      { username: 'b', password_hash: hash },
      { username: 'c', password_hash: hash },
      { username: 'grace', password_hash: hash },
    ];
    const result = await importUsers(service, lines, { stopOnFault: true });
    expect(result).toMatchObject({ lines: 2, imported: 1, refused: 1 });
    expect((await exportUsers(service)).map(({ username }) => username)).toEqual(['ada']);
  });

  it('writes nothing in a dry run, and finds what the import would find', async () => {
    await service.api.register(ada).expect(201);
    const lines = [
      { username: 'ADA', password_hash: hash },
      { username: 'grace', password: 'secret' },
      { username: 'Grace', password: 'secret' },
      { username: 'x', password: 'secret' },
    ];
    const trail = () => service.query("SELECT * FROM audit_events WHERE type <> 'users_exported'");
    const events = await trail();
    const dry = await importUsers(service, lines, { dryRun: true });
    expect(dry).toMatchObject({ lines: 4, imported: 1, present: 0, refused: 3 });
    expect(await exportUsers(service)).toHaveLength(1);
    expect(await trail()).toEqual(events);
    expect(await importUsers(service, lines)).toEqual(dry);
  });

  it('takes more users than a batch, beside registrations that race it', async () => {
    const lines = Array.from({ length: 1200 }, (_, index) => ({
      username: `user-${String(index)}`,
      password_hash: hash,
    }));
    const racing = Array.from({ length: 60 }, (_, index) => `user-${String(index * 20)}`);
    const [result, ...answers] = await Promise.all([
      importUsers(service, lines),
      ...racing.map((username) => service.api.register({ ...ada, username })),
    ]);
    const registered = answers.filter(({ status }) => status === 201).length;
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(racing.length - registered);
    expect(result).toMatchObject({ lines: 1200, imported: 1200 - registered });
    expect(await exportUsers(service)).toHaveLength(1200);
  });

  it('writes down what it did with each batch, and no secret', async () => {
    const [head] = await service.query<{ seq: number }>('SELECT seq FROM audit_chain_head');
    await importUsers(service, [
      { username: 'x', password: 'hush' },
      { username: 'ada', password: 'hush' },
    ]);
    await exportUsers(service);
    const events = await service.query<{ type: string; details: string }>(
      'SELECT type, details FROM audit_events WHERE seq > ? ORDER BY seq',
      [head!.seq],
    );
    expect(events.map(({ type, details }) => [type, JSON.parse(details) as object])).toEqual([
      ['users_imported', { users: 1, first_line: 2, last_line: 2 }],
      ['users_exported', {}],
    ]);
    expect(service.log).not.toContain('hush');
  });
});

describe('an export', () => {
  it('makes the same users of an empty database, who sign in there', async () => {
    const from = await TestApp.start();
    await from.api.register(grace).expect(201);
    await importUsers(from, [
      ...bcryptHashes.map((each, index) => ({ username: `user-${String(index)}`, password_hash: each.hash })),
      {
        id,
        username: 'ada',
        email: 'ada@example.org',
        email_verified: true,
        password: ada.password,
        roles: ['admin'],
      },
      { username: 'gone', password: 'secret', disabled: true, created_at: '2001-01-01T00:00:00Z' },
    ]);
    const exported = await exportUsers(from);
    expect(Object.keys(exported[0]!)).toEqual([
      'id',
      'username',
      'email',
      'email_verified',
      'roles',
      'disabled',
      'created_at',
      'password_hash',
    ]);
    await from.stop();

    const to = await TestApp.start();
    expect(await importUsers(to, exported)).toMatchObject({ imported: exported.length, refusals: [] });
    expect(await exportUsers(to)).toEqual(exported);
    await to.api.login(grace).expect(200);
    await to.api.login(ada).expect(200);
    await to.api.login({ username: 'gone', password: 'secret' }).expect(403);
    for (const [index, each] of bcryptHashes.entries())
      await to.api.login({ username: `user-${String(index)}`, password: each.password }).expect(200);
    expect(await importUsers(to, exported)).toMatchObject({ imported: 0, present: exported.length });
    await to.stop();
  });

  it('has more users than a page, each once', async () => {
    const service = await TestApp.start();
    const lines = Array.from({ length: 2001 }, (_, index) => ({
      username: `user-${String(index)}`,
      password_hash: hash,
    }));
    await importUsers(service, lines);
    const names = (await exportUsers(service)).map(({ username }) => username);
    expect(new Set(names).size).toBe(2001);
    expect(names).toHaveLength(2001);
    await service.stop();
  });
});
