import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from '../tiers/programs.mjs';
import { ApiClient } from './api-client.js';
import { end, startProcess } from './child-process.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

/** nginx with the configuration that is deployed, in a folder of its own before instances on the loopback. */
export class NginxProxy {
  readonly api: ApiClient;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    this.api = new ApiClient(url);
  }

  /** @param instances the URLs of as many as the configuration names */
  static async start(folder: string, instances: readonly string[]): Promise<NginxProxy> {
    const port = String(await freePort());
    return NginxProxy.startWith(folder, port, deployed(folder, port, instances));
  }

  /** @param configuration in which it listens on that port of the loopback */
  static async startWith(folder: string, port: string, configuration: string): Promise<NginxProxy> {
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, configuration);
    const errors = join(folder, 'nginx-errors');
    const args = ['-e', errors, '-p', folder, '-c', file, '-g', `daemon off; ${workersOwner()}`];
    const child = startProcess(requireProgram('nginx'), args, folder, {});
    const proxy = new NginxProxy(child, `http://127.0.0.1:${port}`);
    await until(() => proxy.answers()).catch((cause: unknown) => {
      throw new Error(`nginx did not start:\n${readFileSync(errors, 'utf8')}`, { cause });
    });
    return proxy;
  }

  async stop(): Promise<void> {
    await end(this.child, 'SIGTERM');
  }

  private answers(): Promise<boolean> {
    return this.api.get('/health/live').then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}

/** The file as it is, but for the addresses and the places that are written to. */
function deployed(folder: string, port: string, instances: readonly string[]): string {
  return replaceAll(readFileSync('deploy/nginx.conf', 'utf8'), [
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['/tmp/', `${folder}/`],
    ['/dev/stdout', join(folder, 'nginx-requests')],
    ['error_log stderr', `error_log ${join(folder, 'nginx-errors')}`],
    ...instances.map((url, index): [string, string] => [
      `server gatehouse-${String(index + 1)}:3000`,
      `server ${new URL(url).host}`,
    ]),
  ]);
}

/** Puts values into the places of a configuration. @throws Error where one of the places is not there */
export function replaceAll(configuration: string, replacements: readonly [string, string][]): string {
  return replacements.reduce((text, [place, value]) => {
    if (!text.includes(place)) throw new Error(`the configuration has no ${place}`);
    return text.replaceAll(place, value);
  }, configuration);
}

/** Started by root, its workers would be of another user, whom the folder is closed to. */
function workersOwner(): string {
  return process.getuid?.() === 0 ? `user ${userInfo().username};` : '';
}
