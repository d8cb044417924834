import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { Settings } from '../config/settings.js';
import { addSeconds, Clock } from '../time/clock.js';
import { TAKE_UP_SECONDS } from './key-publication.js';
import type { NewKey } from './key-ring.js';
import { makePrivateJwk } from './signing-key.js';

/** Makes signing keys, and knows how long one is needed after its time. */
@Injectable()
export class KeyMaker {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** A new key for the algorithm that is set. */
  async make(): Promise<NewKey> {
    const alg = this.settings.jwtAlgorithm;
    const jwk = await makePrivateJwk(alg);
    return { kid: await calculateJwkThumbprint(jwk), alg, created_at: this.clock.now().toISOString(), jwk };
  }

  /** When the last token has expired that a key can have signed which stops signing now. */
  neededUntil(): Date {
    const { accessTokenTtl, refreshTokenTtl } = this.settings;
    return addSeconds(this.clock.now(), Math.max(accessTokenTtl, refreshTokenTtl) + TAKE_UP_SECONDS);
  }
}
