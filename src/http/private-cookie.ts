import type { CookieSerializeOptions } from '@fastify/cookie';

interface Reach {
  /** Who gives out the tokens: under https, the cookie is for https alone. */
  readonly issuer: string;
  readonly path: string;
  /** Seconds that it is kept */
  readonly maxAge: number;
}

/** A cookie that no script reads and no other site sends along. */
export function privateCookie({ issuer, path, maxAge }: Reach): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'strict', secure: issuer.startsWith('https:'), path, maxAge };
}
