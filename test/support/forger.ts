import { constants, createHmac, createPrivateKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { KeyStage, StoredKey } from '../../src/tokens/key-ring.js';
import { readDocument } from './documents.js';
import { claimsOf, headerOf } from './tokens.js';

/** What stands in a part of a token: a text or bytes as they are, anything else as JSON. */
export type Content = string | Uint8Array | object | number | boolean | null;

/** Whoever signs, by whichever algorithm. HMAC takes any bytes for its key. */
export interface Signer {
  readonly alg: string;
  readonly key: KeyObject | Buffer;
}

type Members = Record<string, unknown>;

/** Makes tokens out of a genuine one, signed as the service signs: so each is wrong in what it changes, and no more. */
export class Forger {
  readonly header: Members;
  readonly claims: Members;
  /** The three parts of the genuine token, as it spells them. */
  readonly parts: readonly [string, string, string];

  constructor(
    readonly token: string,
    readonly signer: Signer,
  ) {
    this.header = headerOf(token);
    this.claims = claimsOf(token);
    this.parts = token.split('.') as [string, string, string];
  }

  /** Changes members of the header; `undefined` takes one out. */
  withHeader(changes: Members, signer?: Signer): string {
    return this.sign({ ...this.header, ...changes }, this.claims, signer);
  }

  /** Changes claims; `undefined` takes one out. */
  withClaims(changes: Members, signer?: Signer): string {
    return this.sign(this.header, { ...this.claims, ...changes }, signer);
  }

  /** Leaves header and payload, and sets something else in the place of the signature. */
  withSignature(signature: Content): string {
    const [header, payload] = this.parts;
    return `${header}.${payload}.${encode(signature)}`;
  }

  sign(header: Content, payload: Content, signer?: Signer): string {
    return this.signEncoded(`${encode(header)}.${encode(payload)}`, signer);
  }

  /** Signs the first two parts as they are spelled. */
  signEncoded(input: string, signer: Signer = this.signer): string {
    return `${input}.${encode(signatureOf(input, signer))}`;
  }
}

export function encode(content: Content): string {
  if (content instanceof Uint8Array) return Buffer.from(content).toString('base64url');
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');
}

/** A signature by any algorithm of RFC 7518 §3, RFC 8037 and RFC 8812, or the empty one of `none`. */
export function signatureOf(input: string, { alg, key }: Signer): Buffer {
  const data = Buffer.from(input);
  const hash = `sha${/\d{3}/.exec(alg)?.[0] ?? ''}`;
  if (Buffer.isBuffer(key) || key.type === 'secret') return createHmac(hash, key).update(data).digest();
  if (alg.startsWith('ES')) return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  if (alg.startsWith('PS'))
    return sign(hash, data, {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
  return sign(key.asymmetricKeyType === 'ed25519' ? null : hash, data, key);
}

/** The key of a stage, out of the key file of a service. */
export function storedSigner(folder: string, stage: KeyStage): Signer & { readonly kid: string } {
  const { keys } = JSON.parse(readDocument(join(folder, 'keys.json'))) as { keys: StoredKey[] };
  const { alg, kid, jwk } = keys.find((key) => key.stage === stage)!;
  return { alg, kid, key: createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' }) };
}
