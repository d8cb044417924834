import { sign } from 'node:crypto';
import { jwtAlgorithms } from '../../src/config/environment.js';
import { refusal } from '../support/api-client.js';
import { encode, signatureOf, type Forger } from '../support/forger.js';
import { TokenPlaces } from '../support/token-places.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ORDER_OF_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const signedPart = ({ parts: [header, payload] }: Forger) => `${header}.${payload}`;
const bytesOf = ({ parts: [, , signature] }: Forger) => Buffer.from(signature, 'base64url');

/** Every other spelling of a part that decodes to the same bytes, where some bits of its last letter mean nothing. */
function twinsOf(part: string): string[] {
  const bytes = Buffer.from(part, 'base64url');
  const spellings = Array.from(ALPHABET, (letter) => `${part.slice(0, -1)}${letter}`);
  return spellings.filter((twin) => twin !== part && Buffer.from(twin, 'base64url').equals(bytes));
}

const flipBit = (bytes: Buffer, place: number) =>
  Buffer.from(bytes.map((byte, at) => (at === place ? byte ^ 1 : byte)));

describe.each(jwtAlgorithms)('the signature of a token by %s', (alg) => {
  let places: TokenPlaces;

  const expectRefused = (change: (signature: Buffer, genuine: Forger) => Buffer) =>
    places.expectRefused((genuine) => genuine.withSignature(change(bytesOf(genuine), genuine)));
  const expectMisspelledRefused = (spell: (signature: string) => string) =>
    places.expectRefused((genuine) => `${signedPart(genuine)}.${spell(genuine.parts[2])}`);

  beforeAll(async () => {
    places = await TokenPlaces.start(alg);
  });
  afterAll(() => places.stop());

  it('is accepted as it is, and made anew by the same key, so that the refusals below mean something', async () => {
    await places.expectAccepted(({ token }) => token);
    await places.expectAccepted((genuine) => genuine.signEncoded(signedPart(genuine)));
  });

  it('may not be missing', async () => {
    await places.expectRefused(signedPart);
    await expectMisspelledRefused(() => '');
  });

  it('may not be cut short, at either end', async () => {
    for (const bytes of [1, 2, 3, 16, 32]) {
      await expectRefused((signature) => signature.subarray(0, -bytes));
      await expectRefused((signature) => signature.subarray(bytes));
    }
    for (const letters of [1, 2, 3, 4]) await expectMisspelledRefused((text) => text.slice(0, -letters));
  });

  it('may not be extended, at either end', async () => {
    for (const bytes of [1, 2, 3, 32]) {
      await expectRefused((signature) => Buffer.concat([signature, Buffer.alloc(bytes)]));
      await expectRefused((signature) => Buffer.concat([Buffer.alloc(bytes), signature]));
    }
    for (const letters of ['A', 'AA', 'AAA', 'AAAA']) await expectMisspelledRefused((text) => text + letters);
    await expectRefused((signature) => Buffer.concat([signature, signature]));
  });

  it('may not be zeros, ones, or anything that is not it', async () => {
    await expectRefused(({ length }) => Buffer.alloc(length));
    await expectRefused(({ length }) => Buffer.alloc(length, 0xff));
    await expectRefused(({ length }) => Buffer.concat([Buffer.alloc(length - 1), Buffer.of(1)]));
    await expectRefused((signature) => Buffer.from(signature.toReversed()));
    await expectRefused((signature) => flipBit(signature, 0));
    await expectRefused((signature) => flipBit(signature, signature.length - 1));
  });

  it('may not be that of another token', async () => {
    await places.expectRefused(({ parts: [header, payload] }) => {
      const other = places.access.token.startsWith(header) ? places.refresh : places.access;
      return `${header}.${payload}.${other.parts[2]}`;
    });
    await places.expectRefused(({ parts: [header, , signature], claims }) => {
      const payload = encode({ ...claims, roles: ['admin'] });
      return `${header}.${payload}.${signature}`;
    });
    await places.expectRefused(({ parts: [, payload, signature], header }) => {
      const other = encode({ ...header, extra: 1 });
      return `${other}.${payload}.${signature}`;
    });
  });

  it('may not be over something else than header and payload', async () => {
    for (const over of [
      ({ parts: [, payload] }: Forger) => payload,
      ({ parts: [header, payload] }: Forger) => `${header}${payload}`,
      (genuine: Forger) => `${signedPart(genuine)}.`,
      ({ header, claims }: Forger) => `${JSON.stringify(header)}.${JSON.stringify(claims)}`,
      () => '',
    ])
      await expectRefused((_, genuine) => signatureOf(over(genuine), places.signer));
  });

  it.each<[string, (text: string) => string]>([
    ['padding', (text) => `${text}=`],
    ['twofold padding', (text) => `${text}==`],
    ['a space before it', (text) => ` ${text}`],
    ['a space after it', (text) => `${text} `],
    ['a space in it', (text) => `${text.slice(0, 8)} ${text.slice(8)}`],
    ['a line break after it', (text) => `${text}\n`],
    ['a line break in it', (text) => `${text.slice(0, 8)}\r\n${text.slice(8)}`],
    ['a tab in it', (text) => `${text.slice(0, 8)}\t${text.slice(8)}`],
    ['a NUL after it', (text) => `${text}\0`],
    ['a letter beyond base64url in it', (text) => `${text.slice(0, 8)}*${text.slice(8)}`],
    ['a percent-encoded letter', (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`],
    ['a full stop after it', (text) => `${text}.`],
    ['hexadecimal digits', (text) => Buffer.from(text, 'base64url').toString('hex')],
  ])('may not be spelled with %s', async (_, spell) => {
    await expectMisspelledRefused(spell);
  });

  it('may not be spelled in the alphabet of plain base64', async () => {
    await places.expectRefused((genuine) => {
      let token = genuine.token;
      // Not every signature has a letter that the alphabets spell differently.
      for (let filler = 0; !/[-_][^.]*$/.test(token); filler += 1) token = genuine.withClaims({ filler });
      const [signature = ''] = token.split('.').slice(-1);
      return token.replace(signature, signature.replaceAll('-', '+').replaceAll('_', '/'));
    });
  });

  it('has one spelling: no bit that means nothing may be set, in it or in what it signs', async () => {
    for (const place of ['last', 'first'] as const)
      await places.expectRefused((genuine) => {
        const twins = twinsOf(genuine.parts[2]);
        const twin = (place === 'last' ? twins.at(-1) : twins[0]) ?? `${genuine.parts[2]}A`;
        return `${signedPart(genuine)}.${twin}`;
      });
    await places.expectRefused((genuine) => {
      const payloads = ['', 'x', 'xx'].map((filler) => encode({ ...genuine.claims, filler }));
      const [twin = ''] = payloads.flatMap(twinsOf);
      return genuine.signEncoded(`${genuine.parts[0]}.${twin}`);
    });
  });

  it('ends no session and spends nothing by being refused', () => places.expectUnharmed());
});

describe('the two numbers of a signature by ES256', () => {
  let places: TokenPlaces;

  const expectRefused = (change: (...numbers: Numbers) => Numbers) =>
    places.expectRefused((genuine) => genuine.withSignature(joined(change(...numbersOf(genuine)))));

  beforeAll(async () => {
    places = await TokenPlaces.start('ES256');
  });
  afterAll(() => places.stop());

  it('are accepted as they are, so that the refusals below mean something', async () => {
    await places.expectAccepted((genuine) => genuine.withSignature(joined(numbersOf(genuine))));
  });

  it.each<[string, (...numbers: Numbers) => Numbers]>([
    ['r zero', (_, s) => [0n, s]],
    ['s zero', (r) => [r, 0n]],
    ['both zero', () => [0n, 0n]],
    ['both one', () => [1n, 1n]],
    ['r the order', (_, s) => [ORDER_OF_P256, s]],
    ['s the order', (r) => [r, ORDER_OF_P256]],
    ['both the order', () => [ORDER_OF_P256, ORDER_OF_P256]],
    ['r one below the order', (_, s) => [ORDER_OF_P256 - 1n, s]],
    ['r negative', (r, s) => [ORDER_OF_P256 - r, s]],
    ['the two changed about', (r, s) => [s, r]],
  ])('are refused with %s', async (_, change) => {
    await expectRefused(change);
  });

  it('are refused in DER, as other protocols have them, and with a zero before each', async () => {
    const inDer = (genuine: Forger) => sign('sha256', Buffer.from(signedPart(genuine)), places.signer.key);
    await places.expectRefused((genuine) => genuine.withSignature(inDer(genuine)));
    await places.expectRefused((genuine) => genuine.withSignature(joined(numbersOf(genuine), 33)));
  });

  it('are accepted with s negative, as ECDSA has it: it is the same token, and is revoked by the same jti', async () => {
    const twin = (genuine: Forger) => {
      const [r, s] = numbersOf(genuine);
      return genuine.withSignature(joined([r, ORDER_OF_P256 - s]));
    };
    await places.expectAccepted(twin);
    await places.expectUnharmed();

    const { api } = places.service;
    await api.delete('/access-revoke', places.access.token).expect(200);
    const answer = await api.get('/protected', twin(places.access));
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
  });
});

type Numbers = [r: bigint, s: bigint];

function numbersOf(genuine: Forger): Numbers {
  const hex = bytesOf(genuine).toString('hex');
  return [BigInt(`0x${hex.slice(0, 64)}`), BigInt(`0x${hex.slice(64)}`)];
}

function bigEndian(number: bigint, length: number): Buffer {
  return Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
}

function joined(numbers: Numbers, bytesEach = 32): Buffer {
  return Buffer.concat(numbers.map((number) => bigEndian(number, bytesEach)));
}
