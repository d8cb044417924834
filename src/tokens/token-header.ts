/** The members of a JOSE header that we read. */
export interface TokenHeader {
  readonly alg: unknown;
  readonly kid: unknown;
  readonly typ: unknown;
}

const LONGEST_TOKEN_BYTES = 4096;

// Each would let the sender choose the key, or change what the signature means (RFC 8725 §3.1, RFC 7515 §4.1).
const REFUSED_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit'];

/** Reads a token's header. @returns undefined for what is no token of ours at sight, and for one over 4 KiB, unread. */
export function readTokenHeader(token: string): TokenHeader | undefined {
  if (token.length > LONGEST_TOKEN_BYTES) return undefined;
  const [encoded = '', ...rest] = token.split('.');
  if (rest.length !== 2) return undefined;
  const header = parseObject(Buffer.from(encoded, 'base64url').toString());
  if (!header || REFUSED_MEMBERS.some((member) => member in header)) return undefined;
  return { alg: header['alg'], kid: header['kid'], typ: header['typ'] };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
