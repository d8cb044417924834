import { generateKeyPairSync } from 'node:crypto';
import { encode, type Content } from '../support/forger.js';
import { TokenPlaces } from '../support/token-places.js';

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangersJwk = { ...stranger.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' };

describe('a token with another header', () => {
  let places: TokenPlaces;
  let kid: string;

  beforeAll(async () => {
    places = await TokenPlaces.start();
    kid = places.access.header['kid'] as string;
  });
  afterAll(() => places.stop());

  it('is accepted with the header as it was, so that the refusals below mean something', async () => {
    await places.expectAccepted((genuine) => genuine.withHeader({}));
  });

  it.each<[string, unknown]>([
    ['jku', 'https://elsewhere.example/keys'],
    ['jku', 'http://localhost:3000/.well-known/jwks.json'],
    ['jku', ''],
    ['jwk', strangersJwk],
    ['jwk', null],
    ['x5u', 'https://elsewhere.example/certificate'],
    ['x5c', ['MIIB']],
    ['x5c', []],
    ['crit', ['exp']],
    ['crit', ['b64']],
    ['crit', []],
    ['crit', null],
    ['crit', false],
  ])('is refused with the header parameter %s: %j', async (parameter, value) => {
    await places.expectRefused((genuine) => genuine.withHeader({ [parameter]: value }));
  });

  it.each<[string, Record<string, unknown>]>([
    ['jwk', { jwk: strangersJwk }],
    ['jwk, and no kid', { jwk: strangersJwk, kid: undefined }],
    ['jku', { jku: 'https://elsewhere.example/keys', kid: 'theirs' }],
    ['nothing but another kid', { kid: 'theirs' }],
  ])('is refused where a stranger signed it and tells the key by %s', async (_, parameters) => {
    const signer = { alg: 'ES256', key: stranger.privateKey };
    await places.expectRefused((genuine) => genuine.withHeader(parameters, signer));
  });

  it.each<[string, Record<string, unknown>]>([
    ['x5t', { x5t: 'AAAA' }],
    ['x5t#S256', { 'x5t#S256': 'AAAA' }],
    ['cty', { cty: 'JWT' }],
    ['zip', { zip: 'DEF' }],
    ['enc', { enc: 'A128GCM' }],
    ['b64 that is not critical', { b64: false }],
    ['one that nobody knows', { 'http://example.com/unknown': true }],
  ])('is accepted with %s, of which no notice is taken (RFC 7515 §4)', async (_, parameters) => {
    await places.expectAccepted((genuine) => genuine.withHeader(parameters));
  });

  it('is refused where the signature is over the payload as it is (RFC 7797)', async () => {
    for (const parameters of [{ b64: false }, { b64: false, crit: ['b64'] }])
      await places.expectRefused((genuine) => {
        const header = encode({ ...genuine.header, ...parameters });
        const signature = genuine
          .signEncoded(`${header}.${JSON.stringify(genuine.claims)}`)
          .split('.')
          .at(-1);
        return `${header}.${encode(genuine.claims)}.${String(signature)}`;
      });
  });

  it.each<[string, (ours: string) => unknown]>([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['null', () => null],
    ['a number', () => 0],
    ['true', () => true],
    ['a list of ours', (ours) => [ours]],
    ['an object', () => ({})],
    ['a path', () => '../../keys.json'],
    ['the null device', () => '/dev/null'],
    ['SQL', () => "x' UNION SELECT 'secret' --"],
    ['a command', () => '| cat /etc/passwd'],
    ['an address', () => 'https://elsewhere.example/keys'],
    ['__proto__', () => '__proto__'],
    ['constructor', () => 'constructor'],
    ['toString', () => 'toString'],
    ['long', () => 'a'.repeat(2000)],
    ['ours in lower case', (ours) => ours.toLowerCase()],
    ['ours in upper case', (ours) => ours.toUpperCase()],
    ['ours with a space', (ours) => `${ours} `],
    ['ours after a space', (ours) => ` ${ours}`],
    ['ours with a NUL', (ours) => `${ours}\0`],
    ['ours with padding', (ours) => `${ours}=`],
    ['ours cut short', (ours) => ours.slice(0, -1)],
  ])('is refused where its kid is %s', async (_, change) => {
    await places.expectRefused((genuine) => genuine.withHeader({ kid: change(kid) }));
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['empty', ''],
    ['null', null],
    ['a list', ['at+jwt', 'rt+jwt']],
    ['of any JWT', 'JWT'],
    ['of a logout token', 'logout+jwt'],
    ['of a DPoP proof', 'dpop+jwt'],
  ])('is refused where its typ is %s', async (_, typ) => {
    await places.expectRefused((genuine) => genuine.withHeader({ typ }));
  });

  it.each<[string, (typ: string) => string]>([
    ['in upper case', (typ) => typ.toUpperCase()],
    ['as a whole media type', (typ) => `application/${typ}`],
    ['with a space', (typ) => `${typ} `],
    ['with a parameter', (typ) => `${typ};v=1`],
  ])(
    'is refused where its typ is spelled %s: there is one issuer, and it has one spelling',
    async (_, spell) => {
      await places.expectRefused((genuine) =>
        genuine.withHeader({ typ: spell(String(genuine.header['typ'])) }),
      );
    },
  );

  it('is refused where its typ is that of the other kind of token', async () => {
    await places.expectRefused((genuine) =>
      genuine.withHeader({ typ: genuine.header['typ'] === 'at+jwt' ? 'rt+jwt' : 'at+jwt' }),
    );
  });

  it.each<[string, Content]>([
    ['null', null],
    ['a list', []],
    ['a text', '"ES256"'],
    ['a number', 1],
    ['true', true],
    ['an empty object', {}],
    ['no JSON', '{"alg":"ES256"'],
    ['two documents', '{}{}'],
    ['another token', 'eyJhbGciOiJub25lIn0.e30.'],
  ])('is refused where its header is %s', async (_, header) => {
    await places.expectRefused((genuine) => genuine.sign(header, genuine.claims));
  });

  it('is refused where the members of the header stand in a prototype, or deeper', async () => {
    const inPrototype = (members: object, others: object) =>
      `{"__proto__":${JSON.stringify(members)},${JSON.stringify(others).slice(1)}`;
    await places.expectRefused((genuine) => {
      const { alg, typ } = genuine.header;
      return genuine.sign(inPrototype({ kid }, { alg, typ }), genuine.claims);
    });
    await places.expectRefused((genuine) => genuine.sign({ header: genuine.header }, genuine.claims));
  });

  it('ends no session and spends nothing by being refused', () => places.expectUnharmed());
});
