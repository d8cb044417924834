import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { JWK } from 'jose';
import { Settings } from '../config/settings.js';
import { Clock } from '../time/clock.js';
import { createKeyFile, readKeyFile, replaceKeyFile, type StoredKey } from './key-file.js';
import { keyFromPrivateJwk, keyFromSecret, makePrivateJwk, type SigningKey } from './signing-key.js';

/** The keys that tokens are signed and verified with: one current, and those before it until their tokens have expired. */
@Injectable()
export class SigningKeys implements OnModuleInit {
  private readonly logger = new Logger(SigningKeys.name);
  private readonly byKid = new Map<string, SigningKey>();
  private currentKey: SigningKey | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { jwtSecret } = this.settings;
    if (jwtSecret !== undefined) this.take(await keyFromSecret(jwtSecret), 'current');
    else
      for (const { jwk, alg, stage } of await this.loadKeys())
        this.take(await keyFromPrivateJwk(jwk, alg), stage);
  }

  /** The key that new tokens are signed with. */
  get current(): SigningKey {
    if (!this.currentKey) throw new Error('the signing keys are not loaded yet');
    return this.currentKey;
  }

  find(kid: unknown): SigningKey | undefined {
    return typeof kid === 'string' ? this.byKid.get(kid) : undefined;
  }

  /** The JWK Set of RFC 7517 §5, without private members; empty under HS256. */
  publicJwks(): { keys: JWK[] } {
    return { keys: [...this.byKid.values()].flatMap(({ publicJwk }) => publicJwk ?? []) };
  }

  private take(key: SigningKey, stage: StoredKey['stage']): void {
    this.byKid.set(key.kid, key);
    if (stage === 'current') this.currentKey = key;
  }

  /** Reads the file, and makes what is missing: the file itself, or a key for an algorithm that was set since. */
  private async loadKeys(): Promise<StoredKey[]> {
    const { jwtAlgorithm, jwtKeysFile } = this.settings;
    const stored = readKeyFile(jwtKeysFile);
    if (stored?.some(({ stage, alg }) => stage === 'current' && alg === jwtAlgorithm)) return stored;

    const made = await this.makeKey();
    const previous = (stored ?? []).map((key) => ({ ...key, stage: 'previous' as const }));
    if (stored) replaceKeyFile(jwtKeysFile, [made, ...previous]);
    else if (!createKeyFile(jwtKeysFile, [made])) return this.loadKeys();
    this.logger.log(`Made a new ${jwtAlgorithm} signing key in ${jwtKeysFile}`);
    return [made, ...previous];
  }

  private async makeKey(): Promise<StoredKey> {
    const { jwtAlgorithm: alg } = this.settings;
    return {
      alg,
      stage: 'current',
      created_at: this.clock.now().toISOString(),
      jwk: await makePrivateJwk(alg),
    };
  }
}
