import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { JWK } from 'jose';
import { unwatchFile, watchFile } from 'node:fs';
import { Settings } from '../config/settings.js';
import { Instances } from '../instances/instances.service.js';
import { Clock } from '../time/clock.js';
import { complete, find, isComplete, isNeeded, type KeyRing } from './key-ring.js';
import { KeyMaker } from './key-maker.js';
import { KeyStore } from './key-store.js';
import { keyFromPrivateJwk, keyFromSecret, type SigningKey } from './signing-key.js';

const LOOK_EVERY_MS = 1000;

/** The keys in use, parsed once. */
interface Keys {
  readonly current: SigningKey;
  readonly byKid: ReadonlyMap<string, SigningKey>;
  readonly ring: KeyRing;
}

/**
 * The keys that tokens are signed and verified with. Follows the file while the service runs: a rotation on the command
 * line needs no restart.
 */
@Injectable()
export class SigningKeys implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SigningKeys.name);
  private keys: Keys | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly store: KeyStore,
    private readonly maker: KeyMaker,
    private readonly instances: Instances,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { jwtSecret } = this.settings;
    if (jwtSecret !== undefined) {
      this.use(await sharedSecret(jwtSecret));
      return;
    }
    this.use(await parse(await this.loadComplete()));
    watchFile(this.store.path, { interval: LOOK_EVERY_MS, persistent: false }, this.follow);
  }

  onModuleDestroy(): void {
    unwatchFile(this.store.path, this.follow);
  }

  /** The key that new tokens are signed with. */
  get current(): SigningKey {
    return this.loaded.current;
  }

  /** All keys, as they are kept; none under HS256. */
  get ring(): KeyRing {
    return this.loaded.ring;
  }

  /** Also the next key is found: another instance may have begun to sign with it. */
  find(kid: unknown): SigningKey | undefined {
    return typeof kid === 'string' ? this.loaded.byKid.get(kid) : undefined;
  }

  /** The JWK Set of RFC 7517 §5, without private members; empty under HS256. */
  publicJwks(): { keys: JWK[] } {
    const { ring, byKid } = this.loaded;
    const needed = ring.filter((key) => isNeeded(key, this.clock.now()));
    return { keys: needed.flatMap(({ kid }) => byKid.get(kid)?.publicJwk ?? []) };
  }

  private get loaded(): Keys {
    if (!this.keys) throw new Error('the signing keys are not loaded yet');
    return this.keys;
  }

  private use(keys: Keys): void {
    this.keys = keys;
    this.instances.tell({ keys: [...keys.byKid.keys()].join(' ') });
  }

  private async loadComplete(): Promise<KeyRing> {
    const { jwtAlgorithm } = this.settings;
    const ring = await this.store.load();
    if (isComplete(ring, jwtAlgorithm)) return ring;

    const made = [await this.maker.make(), await this.maker.make()] as const;
    const changed = await this.store.change((found) => complete(found, made));
    this.logger.log(`Made new ${jwtAlgorithm} signing keys in ${this.store.path}`);
    return changed;
  }

  private readonly follow = (): void => {
    this.store
      .load()
      .then(async (ring) => {
        this.use(await parse(ring));
        this.logger.log(`Took up the signing keys: ${this.current.kid} signs`);
      })
      .catch((error: unknown) => {
        this.logger.error(error);
      });
  };
}

async function parse(ring: KeyRing): Promise<Keys> {
  const parsed = await Promise.all(ring.map(({ jwk, alg }) => keyFromPrivateJwk(jwk, alg)));
  const byKid = new Map(parsed.map((key) => [key.kid, key]));
  const current = byKid.get(find(ring, 'current')?.kid ?? '');
  if (!current) throw new Error('there is no current signing key');
  return { current, byKid, ring };
}

async function sharedSecret(secret: string): Promise<Keys> {
  const current = await keyFromSecret(secret);
  return { current, byKid: new Map([[current.kid, current]]), ring: [] };
}
