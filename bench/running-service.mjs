import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const main = resolve('dist/main.js');
const STARTS_WITHIN_MS = 20_000;

/** The built service on a free port of the loopback, with its data in a folder that goes with it. */
export async function startService(variables = {}, options = {}) {
  if (!existsSync(main)) throw new Error('The service is not built: run `npm run build`.');
  return startServer([main], variables, options);
}

/**
 * A server on a free port of the loopback, in a folder that goes with it, ready once it says so.
 * @param core the one that it may use; all of them otherwise
 */
export async function startServer(args, variables = {}, { core } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const port = await freePort();
  const node = [process.execPath, ...args];
  const [command, ...rest] = core === undefined ? node : ['taskset', '-c', String(core), ...node];
  const child = spawn(command, rest, {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: String(port), ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = new Client(port);
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while ((await client.send('GET', '/health/ready').catch(() => undefined))?.status !== 200) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('the server did not start');
    await sleep(50);
  }
  return {
    client,
    port,
    /** Processor time of the process until now, in microseconds. */
    cpu: () => processorTime(child.pid),
    async stop() {
      client.agent.destroy();
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

// A tick of the clock that Linux counts processor time in.
const MICROSECONDS_A_TICK = 10_000;

function processorTime(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * MICROSECONDS_A_TICK;
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
