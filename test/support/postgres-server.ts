import { execFileSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireProgram } from '../tiers/programs.mjs';
import { end, startProcess } from './child-process.js';
import { freePort } from './free-port.js';
import { newFolder } from './new-folder.js';
import { createDatabase, onServer } from './postgres-databases.js';

const STARTS_WITHIN_MS = 30_000;

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** What makes it a server for tests alone: reached by loopback only, with room for many services. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  log_lock_waits: 'on',
};

/** A PostgreSQL of the test's own, in a folder of its own, so that it can be killed. What it commits is synced. */
export class PostgresServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly binaries: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly owner: Owner,
  ) {}

  /** One with empty databases, which does not run yet. @throws Error where no PostgreSQL is installed */
  static async prepare(): Promise<PostgresServer> {
    const binaries = requireProgram('PostgreSQL');
    const owner = findOwner();
    const folder = newFolder('gatehouse-postgres-');
    if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
    const server = new PostgresServer(binaries, folder, await freePort(), owner);
    await server.initialize();
    return server;
  }

  /** The URL of a database, by default of the one that is there to be asked for others. */
  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${String(this.port)}/${database}`;
  }

  /** Makes an empty database. @returns its URL */
  createDatabase(): Promise<string> {
    return createDatabase(this.url());
  }

  /** All it has logged, in all of its runs. */
  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  get logFile(): string {
    return join(this.folder, 'log');
  }

  /** Starts it, also again on the data that are there. */
  async start(): Promise<void> {
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (Date.now() < deadline) {
      // One that was killed a moment ago may still be in the way, and then this one gives up.
      if (!this.child || hasEnded(this.child)) this.child = this.run('postgres', this.serverArguments);
      if (await this.answers()) return;
      await sleep(50);
    }
    throw new Error(`PostgreSQL did not start:\n${this.log}`);
  }

  /** Shuts it down in order: connections are ended, what they had not committed is rolled back. */
  async shutDown(): Promise<void> {
    if (this.child) await end(this.child, 'SIGINT');
  }

  /** Ends it as a power cut would, all of its processes at once. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || hasEnded(child)) return;
    // Stopped first, it starts no process that the list would not have.
    child.kill('SIGSTOP');
    for (const pid of childrenOf(child)) signal(pid, 'SIGKILL');
    await end(child, 'SIGKILL');
  }

  async restart(): Promise<void> {
    await this.shutDown();
    await this.start();
  }

  /** Lets it keep its connections and answer nobody. */
  freeze(): void {
    if (!this.child) return;
    this.child.kill('SIGSTOP');
    for (const pid of childrenOf(this.child)) signal(pid, 'SIGSTOP');
  }

  thaw(): void {
    if (!this.child) return;
    for (const pid of childrenOf(this.child)) signal(pid, 'SIGCONT');
    this.child.kill('SIGCONT');
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private get serverArguments(): string[] {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return ['-D', this.data, '-p', String(this.port), ...options];
  }

  private async initialize(): Promise<void> {
    const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    const [code] = await once(this.run('initdb', ['-D', this.data, ...options]), 'exit');
    if (code !== 0) throw new Error(`initdb failed:\n${this.log}`);
  }

  private answers(): Promise<boolean> {
    return onServer(this.url(), 'SELECT 1').then(
      () => true,
      () => false,
    );
  }

  private run(program: string, args: string[]): ChildProcess {
    const log = openSync(this.logFile, 'a');
    const stdio: StdioOptions = ['ignore', log, log];
    const child = startProcess(join(this.binaries, program), args, this.folder, {}, { ...this.owner, stdio });
    closeSync(log);
    return child;
  }
}

/** Whom the server runs as: PostgreSQL refuses to be root. */
function findOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
  return { uid, gid };
}

function childrenOf({ pid }: ChildProcess): number[] {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return processes
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child!);
}

/** To one that may have ended by itself since it was listed. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
