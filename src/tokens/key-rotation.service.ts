import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { Settings } from '../config/settings.js';
import { Clock } from '../time/clock.js';
import { KeyChangeError } from './key-change-error.js';
import { KeyMaker } from './key-maker.js';
import { knownFrom } from './key-publication.js';
import { find, isNeeded, put, rotate, without, type KeyRing, type StoredKey } from './key-ring.js';
import { KeyStore } from './key-store.js';

interface Force {
  /** Goes on although tokens may be refused by it. */
  readonly force: boolean;
}

/** Changes the signing keys, for an operator. Running services take the change up by themselves. */
@Injectable()
export class KeyRotationService {
  constructor(
    private readonly store: KeyStore,
    private readonly maker: KeyMaker,
    private readonly audit: AuditTrail,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws KeyChangeError under HS256 */
  list(): Promise<KeyRing> {
    this.requireKeyPairs();
    return this.store.load();
  }

  /**
   * Lets the next key sign, and publishes another for the time after it.
   * @throws KeyChangeError where the next key is too new to be known by all who verify.
   */
  async rotate({ force }: Force): Promise<KeyRing> {
    this.requireKeyPairs();
    const next = await this.maker.make();
    return this.store.change(async (ring, manager) => {
      if (!force) this.requirePublished(find(ring, 'next'));
      const rotated = rotate(ring, next, this.maker.neededUntil());
      const details = { kid: find(rotated, 'current')?.kid };
      await this.audit.record(manager, { type: 'signing_key_rotated', userId: null, details });
      return rotated;
    });
  }

  /**
   * Removes a key: a previous one for good, the next one for another in its place.
   * @throws KeyChangeError for the current key, for an unknown one, and for one that is still needed.
   */
  async retire(kid: string, { force }: Force): Promise<KeyRing> {
    this.requireKeyPairs();
    const next = await this.maker.make();
    return this.store.change(async (ring, manager) => {
      const key = requireRetirable(ring, kid);
      if (!force) this.requireNotNeeded(key);
      await this.audit.record(manager, { type: 'signing_key_retired', userId: null, details: { kid } });
      const rest = without(ring, kid);
      return key.stage === 'next' ? [...rest, put(next, 'next')] : rest;
    });
  }

  private requireKeyPairs(): void {
    if (this.settings.jwtAlgorithm === 'HS256')
      throw new KeyChangeError(
        'HS256 has one shared secret and no stages: set another JWT_SECRET and restart. Every token is void then.',
      );
  }

  private requirePublished(next: StoredKey | undefined): void {
    if (!next) return;
    const known = knownFrom(next);
    if (this.clock.now() < known)
      throw new KeyChangeError(
        `The next key was published only at ${next.created_at}: who has cached the key set may not know it before ` +
          `${known.toISOString()}. Wait until then, or use --force.`,
      );
  }

  private requireNotNeeded(key: StoredKey): void {
    if (key.stage === 'previous' && isNeeded(key, this.clock.now()))
      throw new KeyChangeError(
        `${key.kid} is needed until ${String(key.needed_until)}: before that, tokens that it signed would be refused. ` +
          'Wait until then, or use --force.',
      );
  }
}

function requireRetirable(ring: KeyRing, kid: string): StoredKey {
  const key = ring.find((each) => each.kid === kid);
  if (!key) throw new KeyChangeError(`There is no key ${kid}.`);
  if (key.stage === 'current') throw new KeyChangeError(`${kid} signs the tokens: rotate the keys first.`);
  return key;
}
