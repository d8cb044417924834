import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { finish, startProcess } from '../support/child-process.js';
import { DocumentShell } from '../support/document-shell.js';
import type { ServingCommand } from '../support/serving-command.js';
import { blockThatBegins, codeBlocks, readDocument, shellCommands } from '../support/documents.js';
import { foreignHashes } from '../support/foreign-hashes.js';
import { freePort } from '../support/free-port.js';
import { ProjectCopy } from '../support/project-copy.js';
import { claimsOf } from '../support/tokens.js';

const BUILDS_WITHIN_MS = 180_000;
const STEP_MS = 120_000;
const README = 'README.md';
const phrase = 'correct horse battery staple';

/** What curl wrote, answer after answer: objects of JSON without a line's end between them. */
function answersIn(stdout: string): unknown[] {
  return stdout
    .replaceAll(/\}\s*\{/g, '}\n{')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
}

/** One step after the other in one folder, as somebody does who reads on. */
describe('who copies the commands of the README', () => {
  let project: ProjectCopy;
  let shell: DocumentShell;
  let service: ServingCommand;
  let url: string;
  let api: ApiClient;

  const run = (beginning: string) => shell.succeed(README, beginning);
  const statusOf = async (username: string, password: string) =>
    (await api.login({ username, password })).status;

  beforeAll(async () => {
    project = ProjectCopy.make();
    const PORT = String(await freePort());
    url = `http://127.0.0.1:${PORT}`;
    api = new ApiClient(url);
    const variables = { PORT, JWT_ISSUER: url, PYTHONDONTWRITEBYTECODE: '1' };
    shell = new DocumentShell(project.folder, variables, [['localhost:3000', `127.0.0.1:${PORT}`]]);
    service = shell.serve(README, 'npm install && npm start', [['npm install && ', '']]);
    await service.untilAnswering(`${url}/health/ready`, BUILDS_WITHIN_MS);
  }, BUILDS_WITHIN_MS);
  afterAll(async () => {
    await service.stop();
    project.remove();
  });

  it('has a first token, refreshes it and revokes it', async () => {
    const [registered, me, pair, revoked, refused] = answersIn(await run('REFRESH=$(node -p'));
    expect([registered, me]).toEqual([
      expect.objectContaining({ username: 'ada' }),
      expect.objectContaining({ username: 'ada' }),
    ]);
    expect(pair).toMatchObject({ token_type: 'bearer', access_token: expect.any(String) as string });
    expect(revoked).toEqual({ detail: 'Access token has been revoked' });
    expect(refused).toMatchObject({ statusCode: 401, error: 'token_revoked' });
  });

  it('makes an administrator, who keeps a user out and lets her in with another password', async () => {
    const said = await run("echo 'a ship in harbour is safe'");
    expect(said).toContain('grace');
    expect(await statusOf('ada', phrase)).toBe(401);
    expect(await statusOf('ada', 'an entirely different phrase')).toBe(200);
  });

  it('administers users over HTTP', async () => {
    const answers = answersIn(await run('ADMIN=$(curl -s'));
    const changed = { username: 'ada', roles: ['user', 'introspect'], email: 'ada@example.org' };
    expect(answers).toEqual([expect.objectContaining(changed), expect.objectContaining(changed)]);
  });

  it('sets a forgotten password by the link of a mail', async () => {
    const answers = answersIn(await run(`-d '{"username":"joan"`));
    expect(answers.at(-1)).toMatchObject({ token_type: 'bearer' });
    expect(readdirSync(join(project.folder, 'data/outbox')).length).toBeGreaterThan(0);
  });

  it('finds the audit trail whole', async () => {
    expect(await run('npm run -s gatehouse -- audit verify')).toMatch(/^\d+ event\(s\) hold; .*\n--anchor /);
  });

  it('brings users of another system, who sign in with the passwords that they have', async () => {
    const { hash } = foreignHashes.find(({ from }) => from === 'FastAPI tutorial bcrypt')!;
    const [lines = ''] = codeBlocks(README, 'jsonl');
    writeFileSync(join(project.folder, 'users.jsonl'), lines.replace('$2b$12$…', hash));
    expect(await run('npm run -s gatehouse -- user import')).toMatch(/2 would be .*\n2 lines: 2 imported/);
    expect(await statusOf('mary@example.org', 'secret')).toBe(200);
    expect(await statusOf('sophie', 'as it was in the code')).toBe(200);
  });

  it('lists the keys, and is told when the first rotation is due', async () => {
    const { stdout, stderr, code } = await shell.run(README, 'npm run -s gatehouse -- key list');
    expect(stdout.match(/"kid"/g)).toHaveLength(2);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/at \d{4}-.*--force/) as string,
    });
  });

  it('has tokens verified by jose and by Python', async () => {
    const script = blockThatBegins(README, 'import { createRemoteJWKSet').text.replaceAll(
      'http://localhost:3000',
      url,
    );
    const { ACCESS = '' } = shell.variables;
    const node = startProcess(process.execPath, ['--input-type=module', '--eval', script], '.', { ACCESS });
    const { stdout, stderr } = await finish(node);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(claimsOf(ACCESS));

    const commands = shellCommands(README, 'echo "$ACCESS" | /usr/bin/python3');
    // The servers among them are tested by the commands of that page.
    expect(readDocument('examples/README.md').split('\n')).toEqual(expect.arrayContaining(commands));
  });

  it('asks whether a token holds', async () => {
    const [answer] = answersIn(await run("echo 'a service that asks for others'"));
    expect(answer).toEqual({ active: false });
  });

  it(
    'changes an entity, and has its migration made, run and reverted',
    async () => {
      const entity = join(project.folder, 'src/users/user.entity.ts');
      const field = "  @Column({ type: 'integer', default: 0 })\n  visits!: number;\n}\n";
      writeFileSync(entity, readFileSync(entity, 'utf8').replace(/\}\n*$/, `\n${field}`));
      const said = await run('npm run migration:generate -- src/database/migrations/add-something');
      const [migration = ''] = project.changes().filter((path) => path.includes('add-something'));
      expect(readFileSync(join(project.folder, migration), 'utf8')).toContain('"visits"');
      expect(said).toContain('reverted');
    },
    STEP_MS,
  );
});
