/** The members of a JOSE header that we read. */
export interface TokenHeader {
  readonly alg: unknown;
  readonly kid: unknown;
  readonly typ: unknown;
}

const LONGEST_TOKEN_BYTES = 4096;

// Each would let the sender choose the key, or change what the signature means (RFC 8725 §3.1, RFC 7515 §4.1).
const REFUSED_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit'];

/** @throws Error for a token that no service of ours would read */
export function requireReadable(token: string): void {
  if (token.length <= LONGEST_TOKEN_BYTES) return;
  throw new Error(
    `a token of ${String(token.length)} bytes was made, and one over ${String(LONGEST_TOKEN_BYTES)} is refused: it has too many claims or roles`,
  );
}

/** Reads a token's header. @returns undefined for what is no token of ours at sight, and for one over 4 KiB, unread. */
export function readTokenHeader(token: string): TokenHeader | undefined {
  if (token.length > LONGEST_TOKEN_BYTES) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isBase64url)) return undefined;
  const header = parseObject(Buffer.from(parts[0] ?? '', 'base64url').toString());
  if (!header || REFUSED_MEMBERS.some((member) => member in header)) return undefined;
  return { alg: header['alg'], kid: header['kid'], typ: header['typ'] };
}

/**
 * Whether a part is base64url as RFC 7515 §2 spells it. Node's decoder, and jsonwebtoken with it, passes over padding,
 * stray characters and unused bits: one token would have many spellings.
 */
function isBase64url(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
