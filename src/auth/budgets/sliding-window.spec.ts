import fc from 'fast-check';
import { SlidingWindow } from './sliding-window.js';

const MINUTE = 60_000;

describe('SlidingWindow', () => {
  it('takes as many as the limit, and says when the next fits', () => {
    const window = new SlidingWindow(MINUTE);
    expect([0, 1000, 2000].map((now) => window.take(3, now))).toEqual([true, true, true]);
    expect(window.take(3, 3000)).toBe(false);
    expect(window.waitFor(3, 3000)).toBe(57_000);
    expect(window.take(3, 59_999)).toBe(false);
    expect(window.take(3, 60_000)).toBe(true);
    expect(window.take(3, 60_001)).toBe(false);
    expect(window.count(61_000)).toBe(2);
  });

  it('goes on where another left off', () => {
    const former = new SlidingWindow(MINUTE);
    former.take(2, 0);
    const window = new SlidingWindow(MINUTE, former.copyHits());
    expect([window.take(2, 10), window.take(2, 20), former.take(2, 30)]).toEqual([true, false, true]);
  });

  it('stays small under a high limit', () => {
    const window = new SlidingWindow(MINUTE);
    for (let now = 0; now < 2 * MINUTE; now += 10) window.take(1_000_000, now);
    expect(window.copyHits().length).toBeLessThanOrEqual(102);
    expect(window.count(2 * MINUTE)).toBeGreaterThan(5900);
  });

  it('never lets more than the limit through in any window, and tells when the next fits', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 20 }), (waits, limit) => {
        const window = new SlidingWindow(MINUTE);
        const taken: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now += wait;
          if (window.take(limit, now)) taken.push(now);
          else {
            const next = now + window.waitFor(limit, now);
            expect(next).toBeLessThanOrEqual(now + MINUTE);
            expect(new SlidingWindow(MINUTE, window.copyHits()).take(limit, next - 1)).toBe(false);
            expect(new SlidingWindow(MINUTE, window.copyHits()).take(limit, next)).toBe(true);
          }
        }
        for (const last of taken) {
          const inWindow = taken.filter((at) => at > last - MINUTE && at <= last);
          expect(inWindow.length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});
