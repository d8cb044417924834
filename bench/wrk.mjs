import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Asks for a path with a token over 64 connections, as fast as it is answered, from a core of its own.
 * @returns answers a second; throws where one is not 2xx
 */
export async function load(port, path, token, seconds, core = 1) {
  const args = [
    '--timeout',
    '30s',
    '-t',
    '1',
    '-c',
    '64',
    '-d',
    `${seconds}s`,
    '-H',
    `Authorization: Bearer ${token}`,
  ];
  const url = `http://127.0.0.1:${port}${path}`;
  const { stdout } = await run('taskset', ['-c', String(core), 'wrk', ...args, url]).catch((error) => {
    throw error.code === 'ENOENT' || error.code === 127
      ? new Error('wrk and taskset are needed: apt-get install wrk util-linux')
      : error;
  });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every answer was good:\n${stdout}`);
  const [, answers] = /(\d+) requests in/.exec(stdout) ?? [];
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  return { answers: Number(answers), rate: Number(rate) };
}
