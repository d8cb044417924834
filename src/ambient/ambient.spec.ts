import { setTimeout as sleep } from 'node:timers/promises';
import { Ambient } from './ambient.js';

describe('an ambient value', () => {
  it('is known to all that follows from its run, and to nobody else', async () => {
    const ambient = new Ambient<string>();
    const seen = async (pause: number) => {
      await sleep(pause);
      return ambient.get();
    };
    const values = await Promise.all([
      ambient.run('one', () => seen(5)),
      ambient.run('two', () => seen(1)),
      seen(3),
    ]);
    expect(values).toEqual(['one', 'two', undefined]);
  });

  it('is the inner one in a run within a run, and the outer one after it', async () => {
    const ambient = new Ambient<string>();
    const values = await ambient.run('outer', async () => [
      await ambient.run('inner', async () => Promise.resolve(ambient.get())),
      ambient.get(),
    ]);
    expect(values).toEqual(['inner', 'outer']);
  });

  it('is unknown after the last run, and known again in the next', async () => {
    const ambient = new Ambient<string>();
    await expect(ambient.run('one', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(ambient.get()).toBeUndefined();
    await expect(ambient.run('two', async () => (await sleep(1), ambient.get()))).resolves.toBe('two');
  });

  it('is known to a run that outlasts the one it began beside', async () => {
    const ambient = new Ambient<string>();
    const long = ambient.run('long', async () => {
      for (let n = 0; n < 5; n++) {
        await sleep(2);
        await ambient.run('short', () => sleep(1));
      }
      return ambient.get();
    });
    await ambient.run('beside', () => sleep(1));
    await expect(long).resolves.toBe('long');
  });
});
