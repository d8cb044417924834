import { JwtService } from '@nestjs/jwt';
import type { JWK } from 'jose';
import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  privateEncrypt,
  randomBytes,
  type JsonWebKey,
} from 'node:crypto';
import { AppError } from '../../src/errors/app-error.js';
import { keyFromPrivateJwk, type SigningKey } from '../../src/tokens/signing-key.js';
import { requirePayload, requireSigner, signatureRules } from '../../src/tokens/token-signature.js';
import { encode } from '../support/forger.js';

const BYTES = 256;
const HASH_BYTES = 32;
const jwk = generateKeyPairSync('rsa', { modulusLength: BYTES * 8 }).privateKey.export({
  format: 'jwk',
}) as JWK;
const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
const jwt = new JwtService();

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const filled = (length: number, byte: number) => Buffer.alloc(Math.max(0, length), byte);

const inputFor = (alg: string) => `${encode({ alg, kid: 'any' })}.${encode({ sub: 'ada' })}`;

/** A signature that opens to this encoded message, as only who has the private key can make one. */
const signatureOver = (message: Buffer) =>
  privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, message);

async function isAccepted(alg: 'RS256' | 'PS256', signature: Buffer): Promise<boolean> {
  const key: SigningKey = await keyFromPrivateJwk(jwk, alg);
  const token = `${inputFor(alg)}.${encode(signature)}`;
  try {
    requirePayload(jwt, token, requireSigner(token, () => key).key, signatureRules);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'token_invalid') return false;
    throw error;
  }
}

describe('an RS256 signature of the right key (RFC 8017 §9.2)', () => {
  const digest = sha256(Buffer.from(inputFor('RS256')));
  const info = (head: string, hash = digest) => Buffer.concat([hex(head), hash]);
  const genuine = info('3031 300d 0609608648016503040201 0500 0420');
  const padded = (content: Buffer, start = '0001', byte = 0xff) =>
    Buffer.concat([hex(start), filled(BYTES - 3 - content.length, byte), hex('00'), content]);
  const atFront = (content: Buffer, padding: number) => {
    const head = Buffer.concat([hex('0001'), filled(padding, 0xff), hex('00'), content]);
    return Buffer.concat([head, filled(BYTES - head.length, 0x5a)]);
  };

  it('is accepted where PKCS #1 is kept to, so that the refusals below mean something', async () => {
    expect(await isAccepted('RS256', signatureOver(padded(genuine)))).toBe(true);
  });

  it.each<[string, Buffer]>([
    ['garbage behind the digest, as in Bleichenbacher’s forgery', atFront(genuine, 8)],
    ['garbage behind the digest and hardly any padding', atFront(genuine, 0)],
    ['block type 0', padded(genuine, '0000', 0)],
    ['block type 2', padded(genuine, '0002')],
    ['a first byte that is not zero', padded(genuine, '0101')],
    ['padding of another byte', padded(genuine, '0001', 0xfe)],
    [
      'no zero before the digest',
      Buffer.concat([hex('0001'), filled(BYTES - 2 - genuine.length, 0xff), genuine]),
    ],
    ['the bare digest, with no name of the hash', padded(digest)],
    ['the name of SHA-1', padded(info('3031 300d 0609 2b0e03021a05000400 0500 0420'))],
    ['the name of SHA-512', padded(info('3031 300d 0609608648016503040203 0500 0420'))],
    ['a length in the long form', padded(info('308131 300d 0609608648016503040201 0500 0420'))],
    [
      'a length in the indefinite form',
      padded(Buffer.concat([hex('3080'), genuine.subarray(2), hex('0000')])),
    ],
    ['a parameter that is not null', padded(info('3032 300e 0609608648016503040201 060101 0420'))],
    [
      'more in the sequence',
      padded(info('3033 300d 0609608648016503040201 0500 0422', Buffer.concat([digest, hex('0000')]))),
    ],
    [
      'a digest cut short',
      padded(info('3030 300d 0609608648016503040201 0500 041f', digest.subarray(0, 31))),
    ],
    [
      'the digest of something else',
      padded(info('3031 300d 0609608648016503040201 0500 0420', sha256(digest))),
    ],
    ['zeros alone', filled(BYTES, 0)],
  ])('is refused with %s', async (_, message) => {
    expect(await isAccepted('RS256', signatureOver(message))).toBe(false);
  });

  it.each<[string, (signature: Buffer) => Buffer]>([
    ['a zero before it', (signature) => Buffer.concat([hex('00'), signature])],
    ['a zero behind it', (signature) => Buffer.concat([signature, hex('00')])],
    ['its last byte missing', (signature) => signature.subarray(0, -1)],
    ['every bit the other way', (signature) => signature.map((byte) => byte ^ 0xff) as Buffer],
    ['zero in its place', () => filled(BYTES, 0)],
    ['one in its place', () => Buffer.concat([filled(BYTES - 1, 0), hex('01')])],
    ['the modulus in its place', () => Buffer.from(jwk.n ?? '', 'base64url')],
  ])('is refused with %s', async (_, change) => {
    expect(await isAccepted('RS256', change(signatureOver(padded(genuine))))).toBe(false);
  });
});

describe('a PS256 signature of the right key (RFC 8017 §9.1)', () => {
  const digest = sha256(Buffer.from(inputFor('PS256')));

  /** MGF1 of RFC 8017 appendix B.2.1. */
  const mask = (seed: Buffer, length: number, hash: string) => {
    const blocks = Array.from({ length: Math.ceil(length / 20) }, (_, count) =>
      createHash(hash)
        .update(seed)
        .update(Buffer.from([0, 0, 0, count]))
        .digest(),
    );
    return Buffer.concat(blocks).subarray(0, length);
  };

  interface Encoding {
    readonly salt?: Buffer;
    readonly hashed?: Buffer;
    readonly separator?: number;
    readonly padding?: number;
    readonly trailer?: number;
    readonly maskHash?: string;
  }

  const encoded = ({
    salt = randomBytes(HASH_BYTES),
    hashed = digest,
    separator = 1,
    padding = 0,
    trailer = 0xbc,
    maskHash = 'sha256',
  }: Encoding = {}) => {
    const hash = sha256(filled(8, 0), hashed, salt);
    const length = BYTES - HASH_BYTES - 1;
    const block = Buffer.concat([filled(length - salt.length - 1, padding), Buffer.from([separator]), salt]);
    const masked = mask(hash, length, maskHash).map((byte, place) => byte ^ (block[place] ?? 0));
    masked[0] = (masked[0] ?? 0) & 0x7f;
    return Buffer.concat([masked, hash, Buffer.from([trailer])]);
  };

  it('is accepted where PSS is kept to, so that the refusals below mean something', async () => {
    expect(await isAccepted('PS256', signatureOver(encoded()))).toBe(true);
  });

  it.each<[string, Encoding]>([
    ['no salt', { salt: Buffer.alloc(0) }],
    ['a salt of 20 bytes', { salt: randomBytes(20) }],
    ['a salt of 31 bytes', { salt: randomBytes(31) }],
    ['a salt of 64 bytes', { salt: randomBytes(64) }],
    ['a mask by SHA-1', { maskHash: 'sha1' }],
    ['a mask by SHA-512', { maskHash: 'sha512' }],
    ['another trailer', { trailer: 0xcc }],
    ['no one before the salt', { separator: 0 }],
    ['two before the salt', { separator: 2 }],
    ['padding that is not zero', { padding: 1 }],
    ['the digest of something else', { hashed: sha256(digest) }],
    ['the digest cut short', { hashed: digest.subarray(0, 31) }],
  ])('is refused with %s', async (_, encoding) => {
    expect(await isAccepted('PS256', signatureOver(encoded(encoding)))).toBe(false);
  });
});
