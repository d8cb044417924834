import { Clock } from '../time/clock.js';
import type { FeedPage } from './feed-page.js';
import { type Refusal } from './refusal.js';
import { readOptions } from './resource-server-options.js';
import { FeedGap, RevocationMirror } from './revocation-mirror.js';

const START_SECONDS = 1_772_366_400;

class MovedClock extends Clock {
  seconds = START_SECONDS;

  now(): Date {
    return new Date(this.seconds * 1000);
  }
}

describe('the mirror of revocations', () => {
  let clock: MovedClock;
  let mirror: RevocationMirror;

  const mirrorThat = (onStale: 'refuse' | 'accept') =>
    new RevocationMirror(
      readOptions({ issuer: 'http://issuer', audience: 'us', revocationsToken: 'secret', onStale }),
      clock,
    );
  const page = (changes: Partial<FeedPage>): FeedPage => ({
    since: mirror.cursor,
    cursor: 'a',
    more: false,
    revoked: [],
    iat: clock.seconds,
    ...changes,
  });
  /** Lets time pass on both clocks. */
  const pass = (seconds: number) => {
    clock.seconds += seconds;
    jest.advanceTimersByTime(seconds * 1000);
  };
  const refusalOf = (jti: string, sid = 'a-session', exp = Infinity) => {
    try {
      mirror.requireNotRevoked({ jti, sid, exp });
      return undefined;
    } catch (error) {
      return (error as Refusal).code;
    }
  };

  beforeEach(() => {
    jest.useFakeTimers();
    clock = new MovedClock();
    mirror = mirrorThat('refuse');
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('refuses a token by its own id and by that of its session', () => {
    const exp = clock.seconds + 900;
    mirror.take(
      page({
        revoked: [
          { id: 'token', exp },
          { id: 'session', exp },
        ],
      }),
    );
    expect([refusalOf('token'), refusalOf('other', 'session'), refusalOf('other')]).toEqual([
      'token_revoked',
      'token_revoked',
      undefined,
    ]);
  });

  it('knows nothing until it has read the feed to its end', () => {
    expect([mirror.ageMs, refusalOf('token')]).toEqual([Infinity, 'overloaded']);
    mirror.take(page({ more: true, revoked: [{ id: 'token', exp: clock.seconds + 900 }] }));
    expect([mirror.ageMs, refusalOf('other'), refusalOf('token')]).toEqual([
      Infinity,
      'overloaded',
      'token_revoked',
    ]);
    mirror.take(page({ cursor: 'b' }));
    expect([mirror.ageMs, refusalOf('other')]).toEqual([0, undefined]);
  });

  it('is as old as what the issuer has last said, not as when it arrived', () => {
    mirror.take(page({ iat: clock.seconds - 20 }));
    expect(mirror.ageMs).toBe(20_000);
    pass(11);
    expect([mirror.isCurrent, refusalOf('token')]).toEqual([false, 'overloaded']);
    mirror.take(page({}));
    expect([mirror.ageMs, refusalOf('token')]).toEqual([0, undefined]);
    mirror.take(page({ iat: clock.seconds - 20 }));
    expect(mirror.ageMs).toBe(0);
  });

  it('grows old also while its clock stands still, or is set back', () => {
    mirror.take(page({}));
    jest.advanceTimersByTime(31_000);
    clock.seconds -= 3600;
    expect([mirror.ageMs, refusalOf('token')]).toEqual([31_000, 'overloaded']);
  });

  it('accepts what it does not know to be revoked, however old it is, where it is told to', () => {
    mirror = mirrorThat('accept');
    expect(refusalOf('token')).toBeUndefined();
    mirror.take(page({ revoked: [{ id: 'token', exp: clock.seconds + 900 }] }));
    pass(600);
    expect([refusalOf('token'), refusalOf('other')]).toEqual(['token_revoked', undefined]);
  });

  it('takes no page that comes after another than the last, and nothing that is on it', () => {
    mirror.take(page({ cursor: 'a' }));
    pass(5);
    for (const since of ['b', null])
      expect(() => {
        mirror.take(page({ since, revoked: [{ id: 'token', exp: clock.seconds + 900 }] }));
      }).toThrow(FeedGap);
    expect([mirror.size, mirror.cursor, mirror.ageMs]).toEqual([0, 'a', 5000]);
  });

  it('keeps what it knows when it starts again, and the later expiry of what it is told twice', () => {
    mirror.take(page({ revoked: [{ id: 'token', exp: clock.seconds + 900 }] }));
    mirror.startAgain();
    expect([mirror.cursor, refusalOf('token')]).toEqual([null, 'token_revoked']);
    mirror.take(page({ revoked: [{ id: 'token', exp: clock.seconds + 10 }] }));
    pass(120);
    mirror.take(page({ cursor: 'b' }));
    expect(refusalOf('token')).toBe('token_revoked');
  });

  it('refuses what has expired by the clock of the issuer, also by a page that is not the last', () => {
    const exp = clock.seconds + 10;
    mirror.take(page({}));
    expect(refusalOf('token', 'a-session', exp)).toBeUndefined();
    mirror.take(page({ more: true, iat: exp - 1 }));
    expect(refusalOf('token', 'a-session', exp)).toBeUndefined();
    mirror.take(page({ more: true, iat: exp }));
    expect(refusalOf('token', 'a-session', exp)).toBe('token_expired');
    mirror.take(page({ iat: exp - 1 }));
    expect(refusalOf('token', 'a-session', exp)).toBe('token_expired');
  });

  it('forgets what has expired by the clock of the issuer', () => {
    mirror.take(page({ revoked: [{ id: 'token', exp: clock.seconds + 70 }] }));
    pass(65);
    mirror.take(page({}));
    expect(mirror.size).toBe(1);
    pass(65);
    mirror.take(page({}));
    expect(mirror.size).toBe(0);
  });

  it('forgets nothing for a clock of its own that was put forward, and back', () => {
    const exp = clock.seconds + 61;
    mirror.take(page({ revoked: [{ id: 'token', exp }] }));
    pass(60);
    const iat = clock.seconds;
    clock.seconds += 63;
    mirror.take(page({ iat }));
    clock.seconds -= 63;
    expect(refusalOf('token', 'a-session', exp)).toBe('token_revoked');
  });
});
