import type { JwtService } from '@nestjs/jwt';
import { jwtAlgorithms } from '../config/environment.js';
import type { JwtAlgorithm } from '../config/settings.js';
import { AppError } from '../errors/app-error.js';
import { invalidToken } from './invalid-token.js';
import type { SigningKey } from './signing-key.js';
import { readTokenHeader } from './token-header.js';

/** What the signature check is told; the times are checked afterwards, by the service's own clock. */
export interface SignatureRules {
  readonly algorithms: JwtAlgorithm[];
  readonly ignoreExpiration: true;
  readonly ignoreNotBefore: true;
}

export const signatureRules: SignatureRules = {
  algorithms: [...jwtAlgorithms],
  ignoreExpiration: true,
  ignoreNotBefore: true,
};

interface Signer {
  readonly key: SigningKey;
  /** What the token's header says it is. */
  readonly typ: unknown;
}

/**
 * Finds the key that a token names, before anything else of it is read. The token must go by the one algorithm of that
 * key (RFC 8725 §3.1).
 * @throws AppError token_invalid
 */
export function requireSigner(token: string, find: (kid: unknown) => SigningKey | undefined): Signer {
  const header = readTokenHeader(token);
  const key = find(header?.kid);
  if (!header || !key) throw invalidToken('no key of ours');
  if (header.alg !== key.alg) throw invalidToken('not the algorithm of its key');
  return { key, typ: header.typ };
}

/** Signs a payload by a key, which the header names with its algorithm; `typ` is what the token says it is. */
export function signToken(
  jwt: JwtService,
  { kid, alg, sign }: SigningKey,
  typ: string,
  payload: object,
): string {
  return jwt.sign({ ...payload }, { privateKey: sign, algorithm: alg, header: { alg, kid, typ } });
}

/**
 * Reads the payload of a token that names this key, where the key has signed it and the rules let it.
 * @throws AppError token_invalid
 */
export function requirePayload(
  jwt: JwtService,
  token: string,
  { verify }: SigningKey,
  rules: SignatureRules,
): unknown {
  try {
    // jsonwebtoken takes a KeyObject here; only the types of @nestjs/jwt are narrower.
    return jwt.verify<Record<string, unknown>>(token, { publicKey: verify as unknown as Buffer, ...rules });
  } catch (error) {
    throw new AppError('token_invalid', { cause: error });
  }
}
