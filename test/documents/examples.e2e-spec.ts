import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { DocumentShell } from '../support/document-shell.js';
import type { ServingCommand } from '../support/serving-command.js';
import { freePort } from '../support/free-port.js';
import { newServiceFolder } from '../support/service-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const PAGE = 'examples/README.md';
const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';
const STARTS_WITHIN_MS = 30_000;

/** One step after the other in one folder, as somebody does who reads on. */
describe('who copies the commands of the examples', () => {
  let folder: string;
  let shell: DocumentShell;
  let ports: Record<'gatehouse' | 'flask' | 'uvicorn', string>;
  let gatehouse: ServingCommand;
  let api: ApiClient;

  const run = (beginning: string) => shell.succeed(PAGE, beginning);
  const serve = async (server: 'gatehouse' | 'flask' | 'uvicorn', beginning: string) => {
    const command = shell.serve(PAGE, beginning, [
      ['$(openssl rand -hex 24)', REVOCATIONS_TOKEN],
      ['REVOCATIONS_TOKEN=…', `REVOCATIONS_TOKEN=${REVOCATIONS_TOKEN}`],
    ]);
    await command.untilAnswering(`http://127.0.0.1:${ports[server]}/`, STARTS_WITHIN_MS);
    return command;
  };
  const statusAt = async (server: 'flask' | 'uvicorn', token: string) =>
    (await new ApiClient(`http://127.0.0.1:${ports[server]}`).get('/reports', token)).status;
  const signIn = () => api.signIn({ username: 'grace', password: 'a ship in harbour is safe' });

  beforeAll(async () => {
    folder = newServiceFolder();
    cpSync('examples', join(folder, 'examples'), { recursive: true });
    ports = {
      gatehouse: String(await freePort()),
      flask: String(await freePort()),
      uvicorn: String(await freePort()),
    };
    const url = `http://127.0.0.1:${ports.gatehouse}`;
    api = new ApiClient(url);
    shell = new DocumentShell(
      folder,
      { PORT: ports.gatehouse, JWT_ISSUER: url, PYTHONDONTWRITEBYTECODE: '1' },
      [
        ['localhost:3000', `127.0.0.1:${ports.gatehouse}`],
        ['localhost:8000', `127.0.0.1:${ports.flask}`],
        ['--port 8000', `--port ${ports.flask}`],
        ['--port 8001', `--port ${ports.uvicorn}`],
      ],
    );
    gatehouse = await serve('gatehouse', 'export REVOCATIONS_TOKEN=');
  });
  afterAll(async () => {
    await gatehouse.stop();
    rmSync(folder, { recursive: true });
  });

  it('has a token of an administrator, and both scripts print its claims', async () => {
    await run("echo 'a ship in harbour is safe'");
    const lines = (await run('echo "$ACCESS" |')).trim().split(/(?<=\})\s*(?=\{)/);
    const claims = claimsOf(shell.variables['ACCESS']!);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([claims, claims]);
  });

  it('is let in by a server with the token, and not without', async () => {
    const flask = await serve('flask', '/usr/bin/python3 -m flask');
    const uvicorn = await serve('uvicorn', '/usr/bin/python3 -m uvicorn');
    const statuses = (await run('curl -si localhost:8000/reports')).match(/HTTP\/1\.1 \d+/g);
    expect(statuses).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
    expect(await statusAt('uvicorn', shell.variables['ACCESS']!)).toBe(200);
    await Promise.all([flask.stop(), uvicorn.stop()]);
  });

  it.each([
    ['flask', 'REVOCATIONS_TOKEN=… /usr/bin/python3 -m flask'],
    ['uvicorn', 'REVOCATIONS_TOKEN=… /usr/bin/python3 -m uvicorn'],
  ] as const)('is let in by %s no more once a logout has revoked the token', async (server, beginning) => {
    const command = await serve(server, beginning);
    const { access_token } = await signIn();
    await until(async () => (await statusAt(server, access_token)) === 200);
    await api.post('/logout', undefined, access_token).expect(204);
    await until(async () => (await statusAt(server, access_token)) === 401);
    await command.stop();
  });

  it('is refused at once by the server that asks for each token', async () => {
    const command = await serve('uvicorn', "echo 'a service that asks for others'");
    const { access_token } = await signIn();
    expect(await statusAt('uvicorn', access_token)).toBe(200);
    await api.post('/logout', undefined, access_token).expect(204);
    expect(await statusAt('uvicorn', access_token)).toBe(401);
    await command.stop();
  });
});
