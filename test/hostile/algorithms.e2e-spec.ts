import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { KeyRotationService } from '../../src/tokens/key-rotation.service.js';
import { jwtAlgorithms } from '../../src/config/environment.js';
import { refusal } from '../support/api-client.js';
import { Forger, storedSigner, type Signer } from '../support/forger.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { settingsFor, TokenPlaces } from '../support/token-places.js';
import { until } from '../support/until.js';

const invalid = { status: 401, error: 'token_invalid' };

const spellings: [string, unknown][] = [
  ...['none', 'None', 'NONE', 'nOnE', ' none', 'none\0', ''].map((alg): [string, unknown] => [
    JSON.stringify(alg),
    alg,
  ]),
  ['null', null],
  ['nothing', undefined],
  ['a number', 0],
  ['true', true],
  ['an object', {}],
  ['an empty list', []],
];

const onCurve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const strangers: Signer[] = [
  { alg: 'ES256', key: onCurve('P-256') },
  { alg: 'ES384', key: onCurve('P-384') },
  { alg: 'ES512', key: onCurve('P-521') },
  { alg: 'ES256K', key: onCurve('secp256k1') },
  { alg: 'EdDSA', key: generateKeyPairSync('ed25519').privateKey },
  ...rsaAlgorithms.map((alg) => ({ alg, key: rsaKey })),
];

/** The algorithms that a key could be used with, if it were not bound to one. */
function alternatives(alg: string): string[] {
  const families = [rsaAlgorithms, ['ES256', 'ES384', 'ES512'], ['HS256', 'HS384', 'HS512']];
  return families.find((family) => family.includes(alg))?.filter((other) => other !== alg) ?? [];
}

/** What somebody may take for a shared secret who knows only what is public: the key as it may be written down. */
function publicSecrets(key: KeyObject, published: object): (string | Buffer)[] {
  const { kty, n, x, y } = key.export({ format: 'jwk' });
  const pem = String(key.export({ type: 'spki', format: 'pem' }));
  const common = [JSON.stringify(published), pem, pem.trim(), key.export({ type: 'spki', format: 'der' })];
  return [...common, ...(kty === 'RSA' ? modulusForms(key, n!) : pointForms(x!, y!))];
}

function modulusForms(key: KeyObject, n: string): (string | Buffer)[] {
  const pem = String(key.export({ type: 'pkcs1', format: 'pem' }));
  return [pem, pem.trim(), key.export({ type: 'pkcs1', format: 'der' }), Buffer.from(n, 'base64url'), n];
}

function pointForms(x: string, y: string): Buffer[] {
  const [xBytes, yBytes] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const sign = 2 + (yBytes.at(-1)! % 2);
  return [
    Buffer.concat([Buffer.of(4), xBytes, yBytes]),
    Buffer.concat([Buffer.of(sign), xBytes]),
    Buffer.concat([xBytes, yBytes]),
  ];
}

const signedWith = (alg: string, secret: string | Buffer) => (genuine: Forger) =>
  genuine.withHeader({ alg }, { alg, key: Buffer.from(secret as string) });

describe.each(jwtAlgorithms)('a token of a service that signs by %s', (alg) => {
  let places: TokenPlaces;

  beforeAll(async () => {
    places = await TokenPlaces.start(alg);
  });
  afterAll(() => places.stop());

  it('is accepted where it is signed with the key of the service, so that the refusals below mean something', async () => {
    await places.expectAccepted((genuine) => genuine.withHeader({}));
  });

  it.each(spellings)(
    'is refused where it goes by %s, with an empty signature and with a good one',
    async (_, none) => {
      await places.expectRefused((genuine) => {
        const [header, payload] = genuine.withHeader({ alg: none }).split('.') as [string, string];
        return `${header}.${payload}.`;
      });
      await places.expectRefused((genuine) => genuine.withHeader({ alg: none }));
    },
  );

  it('is refused where its algorithm is in a list, or spelled otherwise', async () => {
    for (const spelling of [[alg], alg.toLowerCase(), `${alg} `, ` ${alg}`, `${alg}\0`, { toString: alg }])
      await places.expectRefused((genuine) => genuine.withHeader({ alg: spelling }));
  });

  it.each(['HS256', 'HS384', 'HS512'])(
    'is refused where %s has nothing for its secret, or a guess',
    async (hmac) => {
      for (const secret of ['', '\0', 'secret', String(places.access.header['kid'])])
        await places.expectRefused(signedWith(hmac, secret));
    },
  );

  // The confusion of RFC 8725 §2.1; a shared secret has no public half.
  if (alg !== 'HS256')
    it.each(['HS256', 'HS384', 'HS512'])(
      'is refused where %s has the public key for its secret',
      async (hmac) => {
        const { body } = await places.service.api.get('/.well-known/jwks.json');
        const published = (body as { keys: [object] }).keys[0];
        for (const secret of publicSecrets(createPublicKey(places.signer.key), published))
          await places.expectRefused(signedWith(hmac, secret));
      },
    );

  it.each(strangers)('is refused where a stranger signed by $alg and names our key', async (stranger) => {
    await places.expectRefused((genuine) => genuine.withHeader({ alg: stranger.alg }, stranger));
    await places.expectRefused((genuine) => genuine.withHeader({ alg }, stranger));
  });

  it.each(alternatives(alg))(
    'is refused where our own key signed by %s, whether it says so or not',
    async (other) => {
      const { key } = places.signer;
      await places.expectRefused((genuine) => genuine.withHeader({ alg: other }, { alg: other, key }));
      await places.expectRefused((genuine) => genuine.withHeader({ alg }, { alg: other, key }));
      await places.expectRefused((genuine) => genuine.withHeader({ alg: other }));
    },
  );

  it('ends no session and spends nothing by being refused', () => places.expectUnharmed());
});

describe('a token that names another key of the ring', () => {
  it('is accepted where that key signed it, and refused where another did', async () => {
    const places = await TokenPlaces.start();
    const [current, next] = [places.signer, storedSigner(places.service.folder, 'next')];
    const { kid } = next;
    await places.expectAccepted((genuine) => genuine.withHeader({ kid }, next));
    await places.expectRefused((genuine) => genuine.withHeader({ kid }, current));
    await places.expectRefused((genuine) => genuine.withHeader({}, next));
    await places.expectUnharmed();
    await places.stop();
  });

  it('is refused once that key was taken out', async () => {
    const places = await TokenPlaces.start();
    const next = storedSigner(places.service.folder, 'next');
    await places.service.app.get(KeyRotationService).retire(next.kid, { force: false });
    await until(() => places.service.log.includes('Took up the signing keys'));
    await places.expectRefused((genuine) => genuine.withHeader({ kid: next.kid }, next));
    await places.expectUnharmed();
    await places.stop();
  });

  it('is refused where it goes by the algorithm of the key that signs now, and the reverse', async () => {
    const before = await TestApp.start();
    const former = await before.api.signUp(ada);
    const folder = await before.stopAndKeep();
    const service = await TestApp.start({ folder, settings: settingsFor('RS256') });
    await service.app.get(KeyRotationService).rotate({ force: true });
    await until(() => service.log.includes('Took up the signing keys'));
    const pair = await service.api.signIn(ada);
    const [es256, rs256] = [
      new Forger(former.access_token, storedSigner(folder, 'previous')),
      new Forger(pair.access_token, storedSigner(folder, 'current')),
    ];
    const present = async (token: string) => refusal(await service.api.get('/protected', token));
    for (const [mine, other] of [
      [es256, rs256],
      [rs256, es256],
    ] as const) {
      expect(await present(mine.withHeader({}))).toMatchObject({ status: 200 });
      for (const signer of [mine.signer, other.signer]) {
        expect(await present(mine.withHeader({ alg: other.signer.alg }, signer))).toEqual(invalid);
        expect(await present(mine.withHeader({ kid: other.header['kid'] }, signer))).toEqual(invalid);
      }
    }
    await service.stop();
  });
});
