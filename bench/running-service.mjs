import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const main = resolve('dist/main.js');
const STARTS_WITHIN_MS = 20_000;

/**
 * The built service on a free port of the loopback, with its data in a folder that goes with it.
 * @param core the core of the machine that it has to itself; any, where none is named
 */
export async function startService(variables = {}, { core } = {}) {
  if (!existsSync(main)) throw new Error('The service is not built: run `npm run build`.');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const port = await freePort();
  const started = performance.now();
  const pinned = core === undefined ? [] : ['taskset', '-c', String(core)];
  const [command, ...words] = [...pinned, process.execPath, main];
  const child = spawn(command, words, {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: String(port), ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = new Client(port);
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while ((await client.send('GET', '/health/ready').catch(() => undefined))?.status !== 200) {
    if (Date.now() > deadline || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error('the service did not start');
    }
    await sleep(20);
  }
  return {
    client,
    pid: child.pid,
    readyAfterMs: performance.now() - started,
    async stop() {
      client.agent.destroy();
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sends requests over connections that are kept. */
export class Client {
  agent = new Agent({ keepAlive: true, maxSockets: Infinity });

  constructor(port) {
    this.port = port;
  }

  /** The body of what is no JSON. */
  async text(path, token) {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch(`http://127.0.0.1:${this.port}${path}`, { headers })).text();
  }

  /** @returns the status, the body, and how long the answer took in milliseconds */
  async send(method, path, { body, token, form } = {}) {
    const text = form ? new URLSearchParams(form).toString() : JSON.stringify(body);
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers = {
      ...(text !== undefined && { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
    const started = performance.now();
    const sent = request({ host: '127.0.0.1', port: this.port, method, path, headers, agent: this.agent });
    sent.end(text);
    const [answer] = await once(sent, 'response');
    let received = '';
    for await (const chunk of answer) received += chunk;
    const ms = performance.now() - started;
    return { status: answer.statusCode, ms, body: received === '' ? undefined : JSON.parse(received) };
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
