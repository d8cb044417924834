/** What a resource server is told of its issuer. Times are seconds. */
export interface ResourceServerOptions {
  /** `JWT_ISSUER` of the issuer. */
  readonly issuer: string;
  /** `JWT_AUDIENCE` of the issuer: whom the access tokens are for. */
  readonly audience: string;
  /** One of `REVOCATIONS_TOKEN` of the issuer. A secret. */
  readonly revocationsToken: string;
  /** The key set; `/.well-known/jwks.json` under the issuer, unless it is set. */
  readonly jwksUrl?: string;
  /** The feed of revocations; `/revocations` under the issuer, unless it is set. */
  readonly revocationsUrl?: string;
  /**
   * What to do with a token while nobody can tell whether it was revoked, since the issuer has not been heard of for
   * `maxStaleness`: `refuse` it with 503, which is the default and lets no revoked token in, or `accept` it.
   */
  readonly onStale?: 'refuse' | 'accept';
  /** How old what is known of revocations may be; 30 by default, 10 at least. */
  readonly maxStaleness?: number;
  /** How far the clocks may be apart; 5 by default, 60 at most. */
  readonly clockTolerance?: number;
  /** How old a proof of the password may be where `@FreshToken()` asks for it; 300 by default. */
  readonly freshTtl?: number;
  /** What a challenge calls this server (RFC 9110 §11.5); the audience, unless it is set. */
  readonly realm?: string;
}

/** The options, checked, with every default. */
export abstract class ResourceServerSettings {
  abstract readonly issuer: string;
  abstract readonly audience: string;
  abstract readonly revocationsToken: string;
  abstract readonly jwksUrl: URL;
  abstract readonly revocationsUrl: URL;
  abstract readonly onStale: 'refuse' | 'accept';
  abstract readonly maxStaleness: number;
  abstract readonly clockTolerance: number;
  abstract readonly freshTtl: number;
  abstract readonly realm: string;
}

/** The issuer signs a page every five seconds: with less, the pauses between them would be refusals. */
const LEAST_STALENESS = 10;
/** A page of the feed holds no longer. */
const MOST_TOLERANCE = 60;

/** @throws TypeError that names every option that cannot be used, and no value: one is a secret */
export function readOptions(options: ResourceServerOptions): ResourceServerSettings {
  const base = (options.issuer as string | undefined)?.replace(/\/$/, '') ?? '';
  const { onStale = 'refuse', maxStaleness = 30, clockTolerance = 5, freshTtl = 300 } = options;
  const { jwksUrl = `${base}/.well-known/jwks.json`, revocationsUrl = `${base}/revocations` } = options;
  const { realm = options.audience } = options;
  requireAll({
    issuer: isTextOf(/./, options.issuer),
    audience: isTextOf(/./, options.audience),
    revocationsToken: isTextOf(/^[\x21-\x7e]+$/, options.revocationsToken),
    jwksUrl: isHttpUrl(jwksUrl),
    revocationsUrl: isHttpUrl(revocationsUrl),
    onStale: ['refuse', 'accept'].includes(onStale),
    maxStaleness: maxStaleness >= LEAST_STALENESS,
    clockTolerance: clockTolerance >= 0 && clockTolerance <= MOST_TOLERANCE,
    freshTtl: freshTtl >= 0,
    // It stands between quotes.
    realm: isTextOf(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, realm),
  });
  return {
    ...options,
    onStale,
    maxStaleness,
    clockTolerance,
    freshTtl,
    realm,
    jwksUrl: new URL(jwksUrl),
    revocationsUrl: new URL(revocationsUrl),
  };
}

function requireAll(rules: Readonly<Record<string, boolean>>): void {
  const broken = Object.keys(rules).filter((name) => rules[name] !== true);
  if (broken.length > 0)
    throw new TypeError(`ResourceServerModule cannot use these options: ${broken.join(', ')}`);
}

/** Whatever the types say, a variable that is not set comes as undefined, and is no text that a pattern may hold for one. */
function isTextOf(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** Without a name and a password in it: `fetch` takes none, and quotes them where it says so. */
function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
