import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { finish, startProcess, type Variables } from '../support/child-process.js';
import { readDocument, tableRows } from '../support/documents.js';
import { firebaseHashes, foreignHashes } from '../support/foreign-hashes.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/test-app.js';

const document = readDocument('docs/migration.md');
const phrase = 'correct horse battery staple';
const hashFrom = (system: string) => foreignHashes.find(({ from }) => from === system)!.hash;

/** The code under a heading of the document, in a language. */
function codeUnder(heading: string, language: string): string {
  const section = document.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return section.split(`\`\`\`${language}\n`)[1]!.split('```')[0]!;
}

describe('who moves a tutorial over as docs/migration.md says', () => {
  let folder: string;
  let service: ServiceProcess;
  const write = (file: string, text: string) => {
    writeFileSync(join(folder, file), text);
  };
  const run = async (command: string, args: string[], variables: Variables = {}) => {
    const { stdout, stderr } = await finish(startProcess(command, args, folder, variables));
    expect(stderr).toBe('');
    return stdout;
  };
  const python = (script: string) => {
    write('export_users.py', script);
    return run('/usr/bin/python3', ['export_users.py'], { PYTHONDONTWRITEBYTECODE: '1' });
  };
  /** Runs the commands of the README. */
  const moveOver = async (lines: string) => {
    write('users.jsonl', lines);
    const commands = [...readDocument('README.md').matchAll(/^npm run -s gatehouse -- (user import .*)$/gm)];
    expect(commands).toHaveLength(2);
    for (const [, command] of commands) {
      const { code, stderr } = await runCommand(folder, command!.split(' '));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  };
  const argon2idHashes = async () => {
    const { stdout } = await runCommand(folder, ['user', 'export']);
    return stdout.match(/"password_hash":"\$argon2id\$v=19\$m=8,t=1,p=1\$/g)?.length;
  };

  beforeEach(async () => {
    folder = newFolder();
    service = await ServiceProcess.start(folder);
  });
  afterEach(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

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
    write('main.py', `fake_users_db = ${database.replaceAll('"DISABLED"', 'False')}\n`);
    await moveOver(await python(codeUnder("FastAPI's tutorial", 'python')));

    for (const username of Object.keys(users)) {
      const form = { username, password: 'secret' };
      await service.api.postForm('/token', { ...form, password: 'not the password' }).expect(401);
      const { body } = await service.api.postForm('/token', form).expect(200);
      const me = await service.api
        .get('/users/me', (body as { access_token: string }).access_token)
        .expect(200);
      expect(me.body).toMatchObject({ username, email: `${username}@example.com`, disabled: false });
    }
    expect(await argon2idHashes()).toBe(3);
    await service.api.postForm('/token', { username: 'alice', password: 'secret' }).expect(200);
  });

  it("brings the users whose passwords stood in the code of a JWT library's or a small Flask service", async () => {
    write('app.py', 'users = {"test": "test", "grace": "a ship in harbour is safe"}\n');
    await moveOver(await python(codeUnder('Passwords in plain text', 'python')));
    expect(await argon2idHashes()).toBe(2);
    await service.api.signIn({ username: 'test', password: 'test' });
    await service.api.login({ username: 'test', password: 'tset' }).expect(401);
    await service.api.signIn({ username: 'grace', password: 'a ship in harbour is safe' });
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
    const [, query] = /sqlite3 .* "(SELECT .*)"/.exec(codeUnder('A table', 'sh'))!;
    await moveOver((await runSql(sql, query!)).join('\n'));
    for (const [username] of rows) {
      await service.api.login({ username, password: 'not the password' }).expect(401);
      await service.api.signIn({ username, password: phrase });
    }
    expect(await argon2idHashes()).toBe(2);
  });

  it('brings the users of Firebase with the parameters of their project', async () => {
    const [{ hash, password }] = firebaseHashes as [(typeof firebaseHashes)[number]];
    const [, parameters, salt, passwordHash] = /^\$fbscrypt\$(.*)\$(.*)\$(.*)$/.exec(hash)!;
    const [, signerKey] = /sk=(.*)$/.exec(parameters!)!;
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
    write('firebase.json', JSON.stringify({ users }));
    write('firebase-to-jsonl.mjs', codeUnder('Firebase', 'js'));
    const lines = await run(process.execPath, ['firebase-to-jsonl.mjs', 'firebase.json'], {
      SIGNER_KEY: signerKey!,
      SALT_SEPARATOR: 'Bw==',
      ROUNDS: '8',
      MEM_COST: '14',
    });
    await moveOver(lines);
    await service.api.login({ username: 'user1@example.org', password: 'user2password' }).expect(401);
    await service.api.signIn({ username: 'user1@example.org', password });
    expect(await argon2idHashes()).toBe(2);
    expect((await runCommand(folder, ['user', 'export'])).stdout).not.toContain(signerKey);
  });
});

describe('docs/migration.md', () => {
  it('has every format that is tested in its table', () => {
    const withoutNumbers = (text: string) => text.replace(/\d+/g, '0');
    const listed = tableRows(document, '## The formats').flatMap(([cell]) => cell!.split(', '));
    const starts = listed.map((start) => withoutNumbers(start.split('…')[0]!));
    const missing = foreignHashes.filter(
      ({ hash }) => !starts.some((start) => withoutNumbers(hash).startsWith(start)),
    );
    expect(starts.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });
});

function runSql(statements: string, query: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(':memory:');
    database.exec(statements);
    database.all<Record<string, string>>(query, (error, rows) => {
      if (error) reject(error);
      else resolve(rows.map((row) => Object.values(row)[0]!));
    });
    database.close();
  });
}
