import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const main = resolve('dist/main.js');
/** Whom the benches sign in. */
export const person = { username: 'ada', password: 'correct horse battery staple' };
const STARTS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 5;

/** The built service on a free port of the loopback, with its data in a folder that goes with it. */
export async function startService(variables = {}, options = {}) {
  if (!existsSync(main)) throw new Error('The service is not built: run `npm run build`.');
  return startServer([main], variables, options);
}

/**
 * A server on a free port of the loopback, in a folder that goes with it, ready once it says so.
 * @param core the one that it may use; all of them otherwise
 * @param cwd where it runs, if not in its folder
 * @param folder one that stays, with what an earlier run has left in it
 */
export async function startServer(args, variables = {}, { core, cwd, folder: kept } = {}) {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const port = await freePort();
  const node = [process.execPath, ...args];
  const [command, ...rest] = core === undefined ? node : ['taskset', '-c', String(core), ...node];
  const started = performance.now();
  const child = spawn(command, rest, {
    cwd: cwd ?? folder,
    env: { PATH: process.env.PATH, PORT: String(port), FOLDER: folder, ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = new Client(port);
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while ((await client.send('GET', '/health/ready').catch(() => undefined))?.status !== 200) {
    if (Date.now() > deadline || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error('the server did not start');
    }
    await sleep(LOOK_EVERY_MS);
  }
  const readyAfterMs = performance.now() - started;
  return {
    client,
    port,
    readyAfterMs,
    /** Processor time of the process until now, in microseconds. */
    cpu: () => processorTime(child.pid),
    /** Resident memory of the process, in MiB. */
    memory: () => residentMemory(child.pid),
    async stop() {
      client.agent.destroy();
      child.kill('SIGTERM');
      await once(child, 'exit');
      if (kept === undefined) rmSync(folder, { recursive: true });
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

function residentMemory(pid) {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kib) / 1024;
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

  /** An access token: of a yardstick, the one that it says; of the service, of somebody who signs in. */
  async accessToken() {
    const said = await this.send('GET', '/token');
    if (said.status === 200) return said.body.token;
    await this.send('POST', '/register', { body: person });
    return (await this.send('POST', '/login', { body: person })).body.access_token;
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
