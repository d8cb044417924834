import { Clock } from '../../src/time/clock.js';

/** A clock that stands still until a test moves it. */
export class FixedClock extends Clock {
  private time = Date.parse('2026-03-01T12:00:00Z');

  now(): Date {
    return new Date(this.time);
  }

  /** Lets this many seconds pass. */
  pass(seconds: number): void {
    this.time += seconds * 1000;
  }
}
