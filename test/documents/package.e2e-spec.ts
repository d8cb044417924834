import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient, refusal } from '../support/api-client.js';
import { end, finish, startProcess } from '../support/child-process.js';
import { blockThatBegins, codeBlock, shellCommands } from '../support/documents.js';
import { DocumentShell } from '../support/document-shell.js';
import { freePort } from '../support/free-port.js';
import { npmEnvironment } from '../support/npm-environment.js';
import { grace } from '../support/people.js';
import { offerSqlite3Prebuilt } from '../support/sqlite3-prebuilt.js';
import { until } from '../support/until.js';

/** npm fetches all that the package needs, and may compile it. */
const WITHIN_MS = 900_000;
const STARTS_WITHIN_MS = 120_000;
const project = resolve('.');
const nest = join(project, 'node_modules/.bin/nest');

const untilReady = (api: ApiClient) =>
  until(
    async () => (await api.get('/health/ready').catch(() => undefined))?.status === 200,
    STARTS_WITHIN_MS,
  );

describe('the package', () => {
  // On disk: the packages would fill the memory.
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const app = join(folder, 'shop');
  const environment = { ...npmEnvironment, ...offerSqlite3Prebuilt(folder) };
  let running: ChildProcess | undefined;

  afterAll(async () => {
    if (running) await end(running, 'SIGTERM');
    rmSync(folder, { recursive: true });
  });

  const run = async (cwd: string, command: string, ...args: string[]) => {
    const { code, stdout, stderr } = await finish(startProcess(command, args, cwd, environment));
    if (code !== 0)
      throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${stdout}${stderr}`);
  };

  it('takes ten commands of the README from an empty folder to a call of a protected resource', () => {
    const [setUp, use] = ['npx @nestjs/cli new', 'curl -s localhost:3000/auth/register'].map((beginning) =>
      blockThatBegins('README.md', beginning).text.replaceAll('\\\n', '').trim().split('\n'),
    );
    expect(use!.at(-1)).toMatch(/^curl .*\/orders .*Bearer \$ACCESS/);
    expect([...setUp!, ...use!]).toHaveLength(10);
  });

  it(
    'is put into a new Nest application by the commands of the document, which then passes its tests',
    async () => {
      await run(project, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder);
      const commands = shellCommands('docs/embedding.md', 'npx @nestjs/cli new');
      expect(shellCommands('README.md', 'npx @nestjs/cli new')).toEqual(commands);
      for (const command of commands) {
        if (command === 'npm run test:e2e')
          // The decorator of that name must not be in its way.
          await run(app, 'npx', 'nest', 'generate', '-c', 'gatehouse', 'protected-resource', 'posts');
        if (command.startsWith('npx @nestjs/cli new'))
          await run(folder, nest, 'new', 'shop', '--skip-install', '--skip-git', '--package-manager', 'npm');
        else if (/^npx|^npm (install|run)/.test(command))
          await run(app, 'sh', '-c', command.replace('../gatehouse/', '../'));
      }
      await run(app, 'npm', 'run', 'lint');
      await run(app, nest, 'build');
      await run(app, 'npx', 'prettier', '--check', 'src', 'test');
    },
    WITHIN_MS,
  );

  it(
    'registers people, and keeps what is theirs, by the commands that come after',
    async () => {
      const PORT = String(await freePort());
      const shell = new DocumentShell(app, { ...npmEnvironment, PORT }, [
        ['localhost:3000', `127.0.0.1:${PORT}`],
      ]);
      running = startProcess('npm', ['start'], app, { ...npmEnvironment, PORT }, { detached: true });
      const api = new ApiClient(`http://127.0.0.1:${PORT}/auth`);
      await untilReady(api);
      for (const document of ['docs/embedding.md', 'README.md']) {
        const said = await shell.succeed(document, 'curl -s localhost:3000/auth/register');
        expect(said).toMatch(/"title":"the first".*\}$/);
      }
      await end(running, 'SIGINT');
    },
    WITHIN_MS,
  );

  it(
    'signs people in and guards the routes of the application, which verifies tokens of another in a module',
    async () => {
      for (const file of ['app.module.ts', 'extended.module.ts', 'shared.module.ts', 'alarm.ts', 'notes.ts'])
        writeFileSync(join(app, 'src', file), codeBlock('docs/embedding.md', file));
      rmSync(join(app, 'test'), { recursive: true });
      mkdirSync(join(app, 'test'));
      writeFileSync(join(app, 'test/app.e2e-spec.ts'), codeBlock('docs/embedding.md', 'app.e2e-spec.ts'));
      for (const [folder, file] of [
        ['src', 'reports.module.ts'],
        ['test', 'reports.e2e-spec.ts'],
      ] as const)
        writeFileSync(join(app, folder, file), codeBlock('docs/resource-servers.md', file));
      await run(app, nest, 'build');
      await run(app, 'npm', 'run', 'test:e2e');
      await run(
        app,
        process.execPath,
        '--input-type=module',
        '--eval',
        "await import('./dist/reports.module.js')",
      );

      const PORT = String(await freePort());
      running = startProcess(process.execPath, ['dist/main.js'], app, { PORT });
      const own = new ApiClient(`http://127.0.0.1:${PORT}`);
      const api = new ApiClient(`http://127.0.0.1:${PORT}/auth`);
      await untilReady(api);
      expect(refusal(await own.get('/'))).toEqual({ status: 401, error: 'token_missing' });
      const { access_token } = await api.signUp(grace);
      await own.get('/', access_token).expect(200, 'Hello World!');
    },
    WITHIN_MS,
  );
});
