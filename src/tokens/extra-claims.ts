import { Injectable } from '@nestjs/common';
import { Extensions } from '../extensions/extensions.js';
import type { Subject } from './subject.js';

/** Names with a meaning of ours, or of a standard that a reader of an access token goes by (RFC 9068 §2.2). */
const RESERVED = new Set([
  ...['iss', 'aud', 'sub', 'jti', 'sid', 'iat', 'nbf', 'exp', 'type', 'auth_time', 'fresh'],
  ...['username', 'roles', 'email', 'client_id', 'scope', 'acr', 'amr', 'cnf'],
]);

/** What an application adds to the access tokens of its users. */
@Injectable()
export class ExtraClaims {
  constructor(private readonly extensions: Extensions) {}

  /** @throws Error for a claim that is not an application's to make */
  async of({ id, username, email, roles }: Subject): Promise<Record<string, unknown>> {
    if (!this.extensions.claims) return {};
    const claims = { ...(await this.extensions.claims({ id, username, email, roles })) };
    rejectReserved(Object.keys(claims));
    return claims;
  }
}

function rejectReserved(names: string[]): void {
  const reserved = names.filter((name) => RESERVED.has(name));
  if (reserved.length > 0) throw new Error(`claims of the service's own: ${reserved.join(', ')}`);
}
