/** Where the time comes from. Tests put a clock of their own in its place. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** NumericDate of RFC 7519 §2: whole seconds since 1970-01-01T00:00:00Z. */
export function numericDate(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

export function addSeconds(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

export function earliest(first: Date, second: Date): Date {
  return first < second ? first : second;
}

export function latest(first: Date, ...others: Date[]): Date {
  return others.reduce((last, moment) => (moment > last ? moment : last), first);
}
