import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export type Variables = Record<string, string>;

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What still runs when the tests of a file have ended, as after one that failed: it would keep jest waiting. */
const running = new Set<ChildProcess>();
/** Those that lead a group of their own, such as a shell and what it started: signals go to all of it. */
const leaders = new WeakSet<ChildProcess>();
// What is set up for all files together is ended by who set it up: there is no afterAll then.
if (typeof afterAll === 'function') {
  afterAll(() => {
    for (const child of running) signalTo(child, 'SIGKILL');
  });
}

/** Starts a process that knows nothing of the environment of the tests but where programs are. */
export function startProcess(
  command: string,
  args: string[],
  cwd: string,
  variables: Variables,
  options: Pick<SpawnOptions, 'uid' | 'gid' | 'stdio' | 'detached'> = {},
): ChildProcess {
  const { PATH = '' } = process.env;
  const child = spawn(command, args, { ...options, cwd, env: { PATH, ...variables } });
  running.add(child);
  if (options.detached === true) leaders.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Waits until a process ends by itself. */
export async function finish(child: ChildProcess, input = ''): Promise<CommandResult> {
  if (!child.stdin || !child.stdout || !child.stderr) throw new Error('the process has no streams');
  // One that ends before it has read anything is told by its exit code, not by a broken pipe.
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** Ends a process. @returns its exit code, null where the signal ended it */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  signalTo(child, signal);
  const [code] = (await gone) as [number | null];
  return code;
}

function signalTo(child: ChildProcess, signal: NodeJS.Signals): void {
  if (leaders.has(child) && child.pid !== undefined) process.kill(-child.pid, signal);
  else child.kill(signal);
}
