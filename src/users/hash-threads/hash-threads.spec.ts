import { scryptSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { HashThread } from './hash-thread.js';
import { HashThreads } from './hash-threads.js';

const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };
const slow = { memoryCost: 65_536, timeCost: 8, parallelism: 1 };
const salt = Buffer.from('a salt');
const threads = new HashThreads();

afterAll(() => threads.onApplicationShutdown());

describe('the threads that hash', () => {
  it('give what the work gives', async () => {
    const hash = await threads.run('argon2Hash', 'an easy phrase', cheap);
    expect(await threads.run('argon2Verify', hash, 'an easy phrase')).toBe(true);
    expect(await threads.run('argon2Verify', hash, 'another phrase')).toBe(false);
    const key = await threads.run('scrypt', 'an easy phrase', salt, 16, { N: 16 });
    expect(Buffer.from(key)).toEqual(scryptSync('an easy phrase', salt, 16, { N: 16 }));
  });

  it('give each asker their own answer, however many ask at once', async () => {
    const lengths = Array.from({ length: 4 }, (_, n) => n + 16);
    const keys = await Promise.all(
      lengths.map((length) => threads.run('pbkdf2', 'x', salt, 1, length, 'sha1')),
    );
    expect(keys.map(({ length }) => length)).toEqual(lengths);
  });

  it('throw what the work throws, and go on', async () => {
    const impossible = { N: 3 };
    const { name, message } = errorOf(() => scryptSync('x', salt, 16, impossible));
    await expect(threads.run('scrypt', 'x', salt, 16, impossible)).rejects.toMatchObject({ name, message });
    expect(await threads.run('pbkdf2', 'x', salt, 1, 16, 'sha1')).toHaveLength(16);
  });

  it('fail what a thread was at when it ended, and are given no more', async () => {
    const thread = new HashThread();
    const hashed = thread.run({ name: 'argon2Hash', values: ['an easy phrase', slow] });
    await Promise.all([thread.end(), expect(hashed).rejects.toThrow('the thread that hashes has ended')]);
    expect(thread.isAlive).toBe(false);
  });

  it('are none after the service has stopped, and the work under way is done', async () => {
    const stopped = new HashThreads();
    await stopped.run('pbkdf2', 'x', salt, 1, 16, 'sha1');
    const hashed = stopped.run('argon2Hash', 'an easy phrase', slow);
    await stopped.onApplicationShutdown();
    expect(await hashed).toMatch(/^\$argon2id\$/);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('come after who answers, where several want a core', async () => {
    await threads.run('pbkdf2', 'x', salt, 1, 16, 'sha1');
    expect(Math.max(...prioritiesOfThreads())).toBeGreaterThan(getPriority());
  });
});

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new TypeError('it did not fail');
}

/** proc_pid_stat(5): the priority is the 17th field after the name, which may hold blanks. */
function prioritiesOfThreads(): number[] {
  return readdirSync('/proc/self/task').map((id) => {
    const [, fields = ''] = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(/\) (?!.*\))/);
    return Number(fields.split(' ')[16]);
  });
}
