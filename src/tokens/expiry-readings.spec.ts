import { ExpiryReadings } from './expiry-readings.js';

const at = (minutes: number) => new Date(minutes * 60_000);

describe('the readings of the clock before something is forgotten', () => {
  let readings: ExpiryReadings;
  const take = (...minutes: number[]) => minutes.map((minute) => readings.take(at(minute))).at(-1);

  beforeEach(() => {
    readings = new ExpiryReadings(60, 180);
  });

  it('cover more than the life of an access token, or an hour', () => {
    expect(readings.count).toBe(4);
    expect(new ExpiryReadings(60, 900).count).toBe(16);
    expect(new ExpiryReadings(60, 86_400).count).toBe(61);
    expect(new ExpiryReadings(60, 5).count).toBe(2);
  });

  it('say nothing until there are enough of them', () => {
    expect(take(0, 1, 2)).toBeUndefined();
    expect(take(3)).toEqual(at(0));
  });

  it('go by the earliest of the last ones', () => {
    expect(take(0, 1, 2, 3, 4, 5)).toEqual(at(2));
  });

  it('are not misled by a clock that is put forward and back', () => {
    expect(take(0, 1, 2, 63, 64, 5)).toEqual(at(2));
    expect(take(6, 7, 8)).toEqual(at(5));
  });

  it('follow a clock that is put back for good', () => {
    expect(take(60, 61, 62, 63, 4)).toEqual(at(4));
  });
});
