import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ApiClient } from './api-client.js';
import { finish, startProcess, type CommandResult, type Variables } from './child-process.js';
import { freePort } from './free-port.js';
import { ServingCommand } from './serving-command.js';

const STARTS_WITHIN_MS = 20_000;
const root = resolve('.');

/** Gives a token to a script, by the command of examples/README.md. */
export function runExample(script: string, token: string, variables: Variables): Promise<CommandResult> {
  return finish(
    startProcess('sh', ['-c', commandWith(script)], root, { ...quiet, ACCESS: token, ...variables }),
  );
}

/** An example that serves, started by the command of examples/README.md, but for the port. */
export class ExampleServer {
  private constructor(
    private readonly command: ServingCommand,
    readonly api: ApiClient,
  ) {}

  static async start(module: string, variables: Variables): Promise<ExampleServer> {
    const port = String(await freePort());
    const command = commandWith(module).replace(/--port \d+/, `--port ${port}`);
    // Without exec the shell would stand between us and the server that we end.
    const child = startProcess('sh', ['-c', `exec ${command}`], root, { ...quiet, ...variables });
    const serving = new ServingCommand(child);
    const url = `http://127.0.0.1:${port}`;
    await serving.untilAnswering(url, STARTS_WITHIN_MS);
    return new ExampleServer(serving, new ApiClient(url));
  }

  /** What it has written so far. */
  get output(): string {
    return this.command.output;
  }

  async stop(): Promise<void> {
    await this.command.stop();
  }
}

const quiet = { PYTHONDONTWRITEBYTECODE: '1' };

/** The first command of examples/README.md that names a script or a module. */
function commandWith(name: string): string {
  const command = readFileSync('examples/README.md', 'utf8')
    .split('\n')
    .find((line) => line.includes('/usr/bin/python3') && line.includes(name));
  if (command === undefined) throw new Error(`examples/README.md has no command with ${name}`);
  return command;
}
