import { hasClaimsOf } from './token-claims.js';

const id = '0b0f3f3e-6f3c-4f0e-9a55-0123456789ab';
const common = { iss: 'a', aud: 'b', sub: id, sid: id, iat: 0, nbf: 0, exp: 8_640_000_000_000 };
const refresh = { ...common, type: 'refresh', jti: id };
const access = { ...common, type: 'access', jti: `${id}.AZaz09-_`, auth_time: 0, fresh: false };

describe('hasClaimsOf', () => {
  it('knows the claims of either type, with those that a setting adds or without', () => {
    expect(hasClaimsOf('refresh', refresh)).toBe(true);
    expect(hasClaimsOf('access', access)).toBe(true);
    expect(hasClaimsOf('access', { ...access, username: 'ada', roles: ['user'], email: null })).toBe(true);
    expect(hasClaimsOf('access', { ...access, roles: [], email: 'ada@example.org' })).toBe(true);
  });

  it.each([null, undefined, 'text', 1, [], {}])('finds none in %j', (payload) => {
    expect(hasClaimsOf('access', payload)).toBe(false);
    expect(hasClaimsOf('refresh', payload)).toBe(false);
  });

  it('takes neither type for the other', () => {
    expect(hasClaimsOf('access', refresh)).toBe(false);
    expect(hasClaimsOf('refresh', access)).toBe(false);
  });

  it.each(Object.keys(access))('misses %s', (claim) => {
    expect(hasClaimsOf('access', { ...access, [claim]: undefined })).toBe(false);
  });

  it.each([-1, 0.5, 8_640_000_000_001, Infinity, NaN, '0'])('takes %j for no time', (time) => {
    for (const claim of ['iat', 'nbf', 'exp', 'auth_time'])
      expect(hasClaimsOf('access', { ...access, [claim]: time })).toBe(false);
  });

  it.each(['', 'a b', `${id} `, `${id}\n`, 'a\0', "' OR 1=1 --", 'é', 'x'.repeat(65)])(
    'takes %j for no id',
    (text) => {
      for (const claim of ['sub', 'sid', 'jti'])
        expect(hasClaimsOf('access', { ...access, [claim]: text })).toBe(false);
    },
  );
});
