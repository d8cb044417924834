import { reasonsToDegrade } from './cluster-check.js';

const shared = { limits: 'redis', keys: 'one two' };
const alone = { limits: 'process', keys: 'one two' };

describe('reasonsToDegrade', () => {
  it('has none for one instance, whatever its stores', () => {
    expect(reasonsToDegrade(alone, [])).toEqual([]);
    expect(reasonsToDegrade(shared, [])).toEqual([]);
  });

  it('has none for instances that share their stores, also amid a rotation of the keys', () => {
    expect(reasonsToDegrade(shared, [shared, { ...shared, keys: 'two three' }])).toEqual([]);
  });

  it('names those that count attempts each for itself', () => {
    expect(reasonsToDegrade(alone, [alone])).toEqual([expect.stringContaining('2 of 2 instances count')]);
    expect(reasonsToDegrade(shared, [shared, alone])).toEqual([
      expect.stringContaining('1 of 3 instances count'),
    ]);
  });

  it('tells of a Redis that cannot be asked, to one instance too', () => {
    const away = { ...alone, limits_fault: 'Redis cannot be asked (ECONNREFUSED)' };
    expect(reasonsToDegrade(away, [])).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  it('tells of keys that are not known here', () => {
    expect(reasonsToDegrade(shared, [{ ...shared, keys: 'three four' }])).toEqual([
      expect.stringContaining('JWT_KEYS_FILE'),
    ]);
  });
});
