import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const script = fileURLToPath(new URL('tokens.lua', import.meta.url));
const CORE = 1;

/**
 * Asks for a path with a token over 64 connections, as fast as it is answered, from a core of its own.
 * @returns answers, and answers a second; throws where one is not 2xx
 */
export function load(port, path, token, seconds) {
  return wrk(seconds, ['-H', `Authorization: Bearer ${token}`, urlOf(port, path)]);
}

/** As {@link load}, with each token of a file in turn. */
export function loadWithTokens(port, path, file, seconds) {
  return wrk(seconds, ['-s', script, urlOf(port, path), '--', file]);
}

const urlOf = (port, path) => `http://127.0.0.1:${port}${path}`;

async function wrk(seconds, args) {
  const bounds = ['--timeout', '30s', '-t', '1', '-c', '64', '-d', `${seconds}s`];
  const command = ['-c', String(CORE), 'wrk', ...bounds, ...args];
  const { stdout } = await run('taskset', command).catch((error) => {
    throw error.code === 'ENOENT' || error.code === 127
      ? new Error('wrk and taskset are needed: apt-get install wrk util-linux')
      : error;
  });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every answer was good:\n${stdout}`);
  const [, answers] = /(\d+) requests in/.exec(stdout) ?? [];
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  return { answers: Number(answers), rate: Number(rate) };
}
