import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ApiClient } from './api-client.js';
import { end, finish, startProcess, type CommandResult, type Variables } from './child-process.js';
import { freePort } from './free-port.js';
import { storesOf } from './stores.js';

const dist = resolve('dist');
const STARTS_WITHIN_MS = 60_000;

/** Small hashes and no limits, as the other tests have them. */
export const testVariables: Variables = {
  PASSWORD_HASH_MEMORY_KIB: '8',
  PASSWORD_HASH_PASSES: '1',
  THROTTLE_DEFAULT: '1000000 per minute',
  THROTTLE_LOGIN: '1000000 per minute',
  MAX_SESSIONS: '10000',
};

/** Lets the service crash once what this path asks for is committed, before it is answered. */
export function crashBeforeAnswering(path: string): Variables {
  const script = pathToFileURL(resolve('test/support/crash-before-answer.mjs')).href;
  return { NODE_OPTIONS: `--import ${script}`, CRASH_BEFORE_ANSWERING: path };
}

/** The built service as a process of its own, in a folder of its own, so that it can be killed. */
export class ServiceProcess {
  readonly api: ApiClient;

  private constructor(
    private readonly child: ChildProcess,
    readonly output: string[],
    readonly url: string,
  ) {
    this.api = new ApiClient(url);
  }

  static async start(folder: string, variables: Variables = {}): Promise<ServiceProcess> {
    const { PORT = String(await freePort()) } = variables;
    const stores = await storesOf(folder);
    const child = spawnNode('main.js', [], folder, { ...testVariables, ...stores, ...variables, PORT });
    const output: string[] = [];
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    const service = new ServiceProcess(child, output, `http://127.0.0.1:${PORT}`);
    await service.untilReady();
    return service;
  }

  /** Ends the process as a power cut would, between any two instructions. */
  async kill(): Promise<void> {
    await end(this.child, 'SIGKILL');
  }

  /** Lets it answer nobody, and do nothing, until it is thawed. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Waits until the process has crashed by itself. */
  async untilCrashed(): Promise<void> {
    if (this.child.signalCode === null) await once(this.child, 'exit');
  }

  /** Asks the process to end. @returns its exit code */
  stop(): Promise<number | null> {
    return end(this.child, 'SIGTERM');
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

/** Runs a command of the command line. */
export async function runCommand(
  folder: string,
  args: string[],
  input = '',
  variables: Variables = {},
): Promise<CommandResult> {
  const stores = await storesOf(folder);
  return finish(spawnNode('cli.js', args, folder, { ...testVariables, ...stores, ...variables }), input);
}

/** Starts a command of the command line, to be fed and killed by the test. */
export async function startCommand(
  folder: string,
  args: string[],
  variables: Variables = {},
): Promise<ChildProcess> {
  return spawnNode('cli.js', args, folder, { ...testVariables, ...(await storesOf(folder)), ...variables });
}

function spawnNode(script: string, args: string[], cwd: string, variables: Variables): ChildProcess {
  if (!existsSync(join(dist, script)))
    throw new Error('The service is not built: run `npm test`, or `npm run build`.');
  return startProcess(process.execPath, [join(dist, script), ...args], cwd, variables);
}
