import { randomUUID } from 'node:crypto';
import type { TokenType } from '../../src/config/settings.js';
import { refusal } from '../support/api-client.js';
import type { Forger } from '../support/forger.js';
import { TokenPlaces } from '../support/token-places.js';

type Claims = Record<string, unknown>;

const ACCESS_TTL = 900;
const both: TokenType[] = ['access', 'refresh'];
const accessOnly: TokenType[] = ['access'];
const expired = { status: 401, error: 'token_expired' };
const invalid = { status: 401, error: 'token_invalid' };
const accountDeleted = { status: 401, error: 'token_revoked' };

const noTexts = [undefined, null, 0, 1, true, {}, [], ''];
const noNumbers = [undefined, null, '1772366400', '', true, {}, [], [1_772_366_400]];
const noWholeNumbers = [1_772_366_400.5, 5e-324];
const beyondAnyDate = [-1, -1e308, 2 ** 53, 1e308, 8_640_000_000_001, Number.MAX_SAFE_INTEGER];

/** A claim, the values that it may not have, and the tokens that have it. */
const refused: [string, unknown[], TokenType[]][] = [
  ['iss', [...noTexts, 'http://elsewhere', 'HTTP://LOCALHOST:3000', 'http://localhost:3000/'], both],
  ['iss', ['gatehouse', ['http://localhost:3000'], 'http://localhost:3000\0', 'http://localhost'], both],
  ['aud', [...noTexts, 'elsewhere', 'GATEHOUSE', 'http://localhost:3000/', 'gatehouse '], both],
  ['aud', [{ 0: 'gatehouse' }, ['elsewhere'], [['gatehouse']], [null]], both],
  ['sub', [...noTexts, '*', "' OR 1=1 --", 'a\0', '\ud800', 'x'.repeat(65)], both],
  ['sid', [...noTexts, 'a\0', 'x'.repeat(65)], both],
  ['jti', [...noTexts, 'a b', 'a\0', 'x'.repeat(65)], both],
  ['type', [...noTexts, 'Access', 'ACCESS', 'Bearer', ['access'], ['refresh']], both],
  ['iat', [...noNumbers, ...noWholeNumbers, ...beyondAnyDate], both],
  ['nbf', [...noNumbers, ...noWholeNumbers, ...beyondAnyDate], both],
  ['exp', [...noNumbers, ...noWholeNumbers, ...beyondAnyDate], both],
  ['auth_time', [...noNumbers, ...noWholeNumbers, ...beyondAnyDate], accessOnly],
  ['fresh', [undefined, null, 0, 1, 'true', 'false', {}, []], accessOnly],
  ['username', [null, 0, true, {}, [], ['ada']], accessOnly],
  [
    'roles',
    [null, 'admin', 'user admin', 0, true, {}, { 0: 'admin' }, [null], [['admin']], [{}]],
    accessOnly,
  ],
  ['email', [0, true, {}, [], ['ada@example.org']], accessOnly],
];

describe('a token whose signature is good', () => {
  let places: TokenPlaces;
  let now: number;

  const present = async (type: TokenType, token: string) => {
    const { api } = places.service;
    return refusal(await (type === 'access' ? api.get('/protected', token) : api.refresh(token)));
  };

  beforeAll(async () => {
    places = await TokenPlaces.start();
    now = places.service.clock.now().getTime() / 1000;
  });
  afterAll(() => places.stop());

  it('is accepted with the claims as they were, so that the refusals below mean something', async () => {
    await places.expectAccepted((genuine) => genuine.withClaims({}));
  });

  it.each(refused.flatMap(([claim, values, types]) => values.map((value) => [claim, value, types] as const)))(
    'is refused with the claim %s: %j',
    async (claim, value, types) => {
      await places.expectRefused((genuine) => genuine.withClaims({ [claim]: value }), types);
    },
  );

  it.each(['exp', 'nbf', 'iat'])('is refused with a %s that is no number of any machine', async (claim) => {
    for (const text of ['1e400', '-1e400', '9'.repeat(400)])
      await places.expectRefused((genuine) =>
        genuine.sign(genuine.header, withText(genuine.claims, claim, text)),
      );
  });

  it('is refused with several audiences, though RFC 7519 lets it have them: we never issue such a token', async () => {
    await places.expectRefused((genuine) => genuine.withClaims({ aud: [genuine.claims['aud']] }));
    await places.expectRefused((genuine) =>
      genuine.withClaims({ aud: [genuine.claims['aud'], 'elsewhere'] }),
    );
  });

  it('is refused with the audience or the type of the other kind of token', async () => {
    for (const claim of ['aud', 'type'])
      await places.expectRefused((genuine) => {
        const other = genuine.claims['type'] === 'access' ? places.refresh : places.access;
        return genuine.withClaims({ [claim]: other.claims[claim] });
      });
  });

  it('is refused as the other kind of token, where it claims to be that but its header does not, and the reverse', async () => {
    await places.expectRefused(({ claims }) => {
      const other = claims['type'] === 'access' ? places.refresh : places.access;
      return other.withClaims({ type: claims['type'] });
    });
    expect(await present('access', places.refresh.token)).toEqual(invalid);
    expect(await present('refresh', places.access.token)).toEqual(invalid);
    expect(await present('refresh', places.access.withHeader({ typ: 'rt+jwt' }))).toEqual(invalid);
    expect(await present('access', places.refresh.withHeader({ typ: 'at+jwt' }))).toEqual(invalid);
  });

  it('is refused without claims, or with the claims of somebody else’s tokens', async () => {
    const others = { iss: 'https://accounts.example.com', sub: '1234567890', name: 'John Doe', admin: true };
    for (const claims of [{}, others])
      await places.expectRefused((genuine) => genuine.sign(genuine.header, claims));
  });

  it('is accepted from 5 seconds before the second that its nbf names', async () => {
    await places.expectAccepted((genuine) => genuine.withClaims({ nbf: now }));
    await places.expectAccepted((genuine) => genuine.withClaims({ nbf: now + 5 }));
    // Of another session: a token of ours can be revoked whatever its times are.
    const other = { jti: randomUUID(), sid: randomUUID() };
    await places.expectRefused((genuine) => genuine.withClaims({ ...other, nbf: now + 6 }));
    await places.expectRefused((genuine) => genuine.withClaims({ ...other, nbf: now + 10, exp: now + 5 }));
    await places.expectRefused((genuine) => genuine.withClaims({ ...other, nbf: now + 10, exp: now - 5 }));
  });

  it('is accepted though its iat lies in the future: from when it holds, nbf says alone (RFC 7519 §4.1.5)', async () => {
    await places.expectAccepted((genuine) => genuine.withClaims({ iat: now + 10 }));
  });

  it('is accepted with claims that we do not know', async () => {
    await places.expectAccepted((genuine) =>
      genuine.withClaims({ scope: 'all', nonce: 1, cnf: {}, act: null }),
    );
  });

  it.each(both)(
    'is expired from the second that its exp names, where nothing else is wrong with it: %s',
    async (type) => {
      const genuine = places[type];
      await places.expectAccepted((each) => each.withClaims({ exp: now + 1 }));
      expect(await present(type, genuine.withClaims({ exp: now }))).toEqual(expired);
      expect(await present(type, genuine.withClaims({ exp: 0 }))).toEqual(expired);
      expect(await present(type, genuine.withClaims({ exp: now - 10, nbf: now - 5 }))).toEqual(expired);
      for (const wrong of [{ iss: 'elsewhere' }, { aud: 'elsewhere' }, { type: 'other' }, { sub: null }])
        expect(await present(type, genuine.withClaims({ exp: now, ...wrong }))).toEqual(invalid);
      const cut = genuine.withClaims({ exp: now }).slice(0, -4);
      expect(await present(type, cut)).toEqual(invalid);
    },
  );

  it('is told so when it has expired', async () => {
    const { api, clock } = places.service;
    clock.pass(ACCESS_TTL - 1);
    await api.get('/protected', places.access.token).expect(200);
    clock.pass(1);
    const answer = await api.get('/protected', places.access.token);
    clock.pass(-ACCESS_TTL);
    expect(answer.body).toEqual({
      statusCode: 401,
      error: 'token_expired',
      message: 'The token has expired',
    });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="gatehouse", error="invalid_token", error_description="The token has expired"',
    );
  });

  it('finds nobody where its user is unknown', async () => {
    const { api } = places.service;
    const stranger: Claims = { sub: randomUUID(), username: undefined, roles: undefined };
    for (const path of ['/protected', '/users/me', '/user'])
      expect(refusal(await api.get(path, places.access.withClaims(stranger)))).toEqual(accountDeleted);
    const named = places.access.withClaims({ sub: randomUUID() });
    expect(refusal(await api.get('/users/me', named))).toEqual(accountDeleted);
  });

  it('can put nothing into what every object inherits', async () => {
    const { api } = places.service;
    const polluting = (genuine: Forger) => {
      const others = { ...genuine.claims, roles: undefined };
      const inherited = '{"roles":["admin"],"disabled":false}';
      return `{"__proto__":${inherited},"constructor":{"prototype":${inherited}},${JSON.stringify(others).slice(1)}`;
    };
    const token = places.access.sign(places.access.header, polluting(places.access));
    await api.get('/protected', token).expect(200);
    const asked = await api.postForm('/introspect', { token }).set('Authorization', `Bearer ${token}`);
    expect(refusal(asked)).toEqual({ status: 403, error: 'forbidden' });
    expect(({} as Claims)['roles']).toBeUndefined();
  });

  it('ends no session and spends nothing by being refused', () => places.expectUnharmed());
});

/** Claims as JSON, one of them spelled as it is. */
function withText(claims: Claims, claim: string, text: string): string {
  return JSON.stringify({ ...claims, [claim]: '@' }).replace('"@"', text);
}
