import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import { freePort } from './free-port.js';

const dist = resolve('dist');
const STARTS_WITHIN_MS = 20_000;

/** Small hashes and no limits, as the other tests have them. */
const testVariables = {
  PASSWORD_HASH_MEMORY_KIB: '8',
  PASSWORD_HASH_PASSES: '1',
  THROTTLE_DEFAULT: '1000000 per minute',
  THROTTLE_LOGIN: '1000000 per minute',
};

type Variables = Record<string, string>;

/** Lets the service crash once what this path asks for is committed, before it is answered. */
export function crashBeforeAnswering(path: string): Variables {
  const script = pathToFileURL(resolve('test/support/crash-before-answer.mjs')).href;
  return { NODE_OPTIONS: `--import ${script}`, CRASH_BEFORE_ANSWERING: path };
}

/** What still runs when the tests of a file have ended, as after one that failed: it would keep jest waiting. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The built service as a process of its own, in a folder of its own, so that it can be killed. */
export class ServiceProcess {
  readonly api: ApiClient;

  private constructor(
    private readonly child: ChildProcess,
    readonly output: string[],
    url: string,
  ) {
    this.api = new ApiClient(url);
  }

  static async start(folder: string, variables: Variables = {}): Promise<ServiceProcess> {
    const port = await freePort();
    const child = spawnNode('main.js', [], folder, { ...testVariables, PORT: String(port), ...variables });
    const output: string[] = [];
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    const service = new ServiceProcess(child, output, `http://127.0.0.1:${String(port)}`);
    await service.untilReady();
    return service;
  }

  /** Ends the process as a power cut would, between any two instructions. */
  async kill(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  /** Waits until the process has crashed by itself. */
  async untilCrashed(): Promise<void> {
    if (this.child.signalCode === null) await once(this.child, 'exit');
  }

  /** Asks the process to end. @returns its exit code */
  async stop(): Promise<number | null> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = (await gone) as [number | null];
    return code;
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (Date.now() < deadline && this.child.exitCode === null) {
      const answer = await this.api.get('/health/ready').catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    this.child.kill('SIGKILL');
    throw new Error(`the service did not start:\n${this.output.join('')}`);
  }
}

/** Runs the built service until it ends by itself, as it does on wrong settings. */
export function runService(folder: string, variables: Variables): Promise<CommandResult> {
  return finish(spawnNode('main.js', [], folder, variables));
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the command line. */
export function runCommand(
  folder: string,
  args: string[],
  input = '',
  variables: Variables = {},
): Promise<CommandResult> {
  return finish(spawnNode('cli.js', args, folder, { ...testVariables, ...variables }), input);
}

async function finish(child: ChildProcess, input = ''): Promise<CommandResult> {
  if (!child.stdin || !child.stdout || !child.stderr) throw new Error('the process has no streams');
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

function spawnNode(script: string, args: string[], cwd: string, variables: Variables): ChildProcess {
  if (!existsSync(join(dist, script)))
    throw new Error('The service is not built: run `npm test`, or `npm run build`.');
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [join(dist, script), ...args], { cwd, env: { PATH, ...variables } });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
