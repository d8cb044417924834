import { withinASecond } from './within-a-second.js';

describe('withinASecond', () => {
  it('gives the answer, and asks anew each time', async () => {
    let asked = 0;
    const ask = withinASecond(() => Promise.resolve(++asked));
    expect(await ask()).toBe(1);
    expect(await ask()).toBe(2);
  });

  it('gives nothing for a refusal, and asks anew after it', async () => {
    let asked = 0;
    const ask = withinASecond(() => (asked++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve(7)));
    expect(await ask()).toBeUndefined();
    expect(await ask()).toBe(7);
  });

  it('gives nothing while there is no answer, and does not ask a second time', async () => {
    let asked = 0;
    let answer: (value: number) => void = () => undefined;
    const ask = withinASecond(() => {
      asked++;
      return new Promise<number>((resolve) => (answer = resolve));
    });
    expect(await Promise.all([ask(), ask()])).toEqual([undefined, undefined]);
    expect(asked).toBe(1);
    answer(5);
    await new Promise(setImmediate);
    const next = ask();
    answer(6);
    expect(await next).toBe(6);
    expect(asked).toBe(2);
  });
});
