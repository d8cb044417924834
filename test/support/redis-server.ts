import { Redis } from 'ioredis';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { requireProgram } from '../tiers/programs.mjs';
import { end, startProcess } from './child-process.js';
import { freePort } from './free-port.js';

/** Enough for every folder of a run to have one. */
const DATABASES = 4096;

/** A Redis of the test's own, which keeps nothing when it ends. */
export class RedisServer {
  readonly password = 'a-password-for-redis';
  /** Sees what is kept in it. */
  readonly client: Redis;
  private child: ChildProcess | undefined;

  private constructor(private readonly port: number) {
    this.client = new Redis({ port, password: this.password, lazyConnect: true, maxRetriesPerRequest: null });
    this.client.on('error', () => undefined);
  }

  /** One that does not run yet. */
  static async prepare(): Promise<RedisServer> {
    return new RedisServer(await freePort());
  }

  get url(): string {
    return `redis://:${this.password}@127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    const options = {
      port: this.port,
      bind: '127.0.0.1',
      requirepass: this.password,
      save: '',
      appendonly: 'no',
      databases: DATABASES,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.child = startProcess(requireProgram('Redis'), args, tmpdir(), {});
    this.child.stdout?.resume();
    await this.client.ping();
  }

  async kill(): Promise<void> {
    if (this.child) await end(this.child, 'SIGKILL');
  }

  /** Lets it keep its connections and answer nobody. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.kill();
  }
}
