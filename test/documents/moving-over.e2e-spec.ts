import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { finish, startProcess } from '../support/child-process.js';
import type { Replacements } from '../support/document-shell.js';
import { codeBlock } from '../support/documents.js';
import { firebaseHashes, foreignHashes } from '../support/foreign-hashes.js';
import { broughtOver, Mover } from '../support/mover.js';

const DOCUMENT = 'docs/migration.md';
const phrase = 'correct horse battery staple';
const hashFrom = (system: string) => foreignHashes.find(({ from }) => from === system)!.hash;

describe('who moves users over as docs/migration.md says', () => {
  let mover: Mover;

  /** Runs a command of the document that makes users.jsonl, then those that import it. */
  const moveOver = async (users: number, exporting: string, replacements: Replacements = []) => {
    expect(await mover.succeed(DOCUMENT, exporting, replacements)).toBe('');
    const told = await mover.succeed(DOCUMENT, 'npm run -s gatehouse -- user import');
    expect(told).toBe(broughtOver(users));
  };
  const copy = (file: string) => {
    mover.write(file, codeBlock(DOCUMENT, file));
  };
  const exportUsers = async () => {
    await mover.succeed(DOCUMENT, '(umask 077; npm run -s gatehouse -- user export');
    return readFileSync(join(mover.folder, 'users.jsonl'), 'utf8');
  };
  const argon2idHashes = (exported: string) =>
    exported.match(/"password_hash":"\$argon2id\$v=19\$m=8,t=1,p=1\$/g)?.length;

  beforeEach(async () => {
    mover = await Mover.start();
  });
  afterEach(() => mover.stop());

  it('brings the users of the FastAPI tutorial, through all that it ever hashed with', async () => {
    const users = {
      johndoe: 'fakehashedsecret',
      alice: hashFrom('FastAPI tutorial bcrypt'),
      bob: hashFrom('FastAPI tutorial argon2'),
    };
    const entries = Object.entries(users).map(([username, hashed_password]) => ({
      username,
      full_name: `${username} of the tutorial`,
      email: `${username}@example.com`,
      hashed_password,
      disabled: 'DISABLED',
    }));
    const database = JSON.stringify(
      Object.fromEntries(entries.map((user) => [user.username, user])),
      null,
      4,
    );
    mover.write('main.py', `fake_users_db = ${database.replaceAll('"DISABLED"', 'False')}\n`);
    copy('export_fastapi.py');
    await moveOver(3, 'python3 export_fastapi.py');

    const { api } = mover.service;
    for (const username of Object.keys(users)) {
      const form = { username, password: 'secret' };
      await api.postForm('/token', { ...form, password: 'not the password' }).expect(401);
      const { body } = await api.postForm('/token', form).expect(200);
      const me = await api.get('/users/me', (body as { access_token: string }).access_token).expect(200);
      expect(me.body).toMatchObject({ username, email: `${username}@example.com`, disabled: false });
    }
    expect(argon2idHashes(await exportUsers())).toBe(3);
    await api.postForm('/token', { username: 'alice', password: 'secret' }).expect(200);
  });

  it("brings the users whose passwords stood in the code of a JWT library's or a small Flask service", async () => {
    mover.write('app.py', 'users = {"test": "test", "grace": "a ship in harbour is safe"}\n');
    copy('export_plain.py');
    await moveOver(2, 'python3 export_plain.py');
    expect(argon2idHashes(await exportUsers())).toBe(2);
    const { api } = mover.service;
    await api.signIn({ username: 'test', password: 'test' });
    await api.login({ username: 'test', password: 'tset' }).expect(401);
    await api.signIn({ username: 'grace', password: 'a ship in harbour is safe' });
  });

  it('brings the users that Flask kept in a table, hashed by Werkzeug', async () => {
    const rows: [string, string][] = [
      ['old', hashFrom('Werkzeug pbkdf2')],
      ['new', hashFrom('Werkzeug scrypt')],
    ];
    const sql = [
      'CREATE TABLE user (id INTEGER PRIMARY KEY, username TEXT, email TEXT, password_hash TEXT)',
      ...rows.map(([name, hash]) => `INSERT INTO user VALUES (NULL, '${name}', NULL, '${hash}')`),
    ].join(';');
    mkdirSync(join(mover.folder, 'instance'));
    const filled = await finish(startProcess('sqlite3', ['instance/app.db', sql], mover.folder, {}));
    expect(filled).toEqual({ code: 0, stdout: '', stderr: '' });
    await moveOver(2, 'sqlite3 instance/app.db');
    const { api } = mover.service;
    for (const [username] of rows) {
      await api.login({ username, password: 'not the password' }).expect(401);
      await api.signIn({ username, password: phrase });
    }
    expect(argon2idHashes(await exportUsers())).toBe(2);
  });

  it('brings the users of Firebase with the parameters of their project', async () => {
    const [{ hash, password }] = firebaseHashes as [(typeof firebaseHashes)[number]];
    const [, signerKey, salt, passwordHash] = /sk=(.*)\$(.*)\$(.*)$/.exec(hash)!;
    const createdAt = '1575964800000';
    const users = [
      {
        localId: 'Yw3tOlJbQnXk',
        email: 'user1@example.org',
        emailVerified: true,
        passwordHash,
        salt,
        createdAt,
      },
      { localId: 'Zx9aBcDeFgHi', emailVerified: false, createdAt, disabled: true },
    ];
    mover.write('firebase.json', JSON.stringify({ users }));
    copy('firebase-to-jsonl.mjs');
    await moveOver(2, 'SIGNER_KEY=', [['SIGNER_KEY=…', `SIGNER_KEY=${signerKey!}`]]);
    const { api } = mover.service;
    await api.login({ username: 'user1@example.org', password: 'user2password' }).expect(401);
    await api.signIn({ username: 'user1@example.org', password });
    const exported = await exportUsers();
    expect(argon2idHashes(exported)).toBe(2);
    expect(exported).not.toContain(signerKey);
  });

  it('exports to a file that nobody else can read, which another Gatehouse takes', async () => {
    const ada = { username: 'ada', password: phrase, email: 'ada@example.org' };
    await mover.service.api.register(ada).expect(201);
    const exported = await exportUsers();
    expect(statSync(join(mover.folder, 'users.jsonl')).mode & 0o777).toBe(0o600);
    const other = await Mover.start();
    other.write('users.jsonl', exported);
    const told = await other.succeed(DOCUMENT, 'npm run -s gatehouse -- user import');
    expect(told).toBe(broughtOver(1));
    await other.service.api.login({ ...ada, password: 'not the password' }).expect(401);
    await other.service.api.signIn(ada);
    await other.stop();
  });
});
