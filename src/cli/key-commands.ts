import type { INestApplicationContext } from '@nestjs/common';
import { find, type KeyRing, type StoredKey } from '../tokens/key-ring.js';
import { KeyRotationService } from '../tokens/key-rotation.service.js';

/** What the commands about signing keys do. Running services take a change up within seconds. */
export class KeyCommands {
  constructor(private readonly app: INestApplicationContext) {}

  async list(): Promise<Omit<StoredKey, 'jwk'>[]> {
    const ring = await this.keys.list();
    return ring.map(({ kid, alg, stage, created_at, needed_until }) => ({
      kid,
      alg,
      stage,
      created_at,
      needed_until,
    }));
  }

  async rotate(force: boolean): Promise<string> {
    const ring = await this.keys.rotate({ force });
    const former = ring.find(({ stage }) => stage === 'previous');
    return [
      `${kidOf(ring, 'current')} signs the tokens now; ${kidOf(ring, 'next')} is published to follow it.`,
      `${String(former?.kid)} still verifies, and is needed until ${String(former?.needed_until)}.`,
    ].join('\n');
  }

  async retire(kid: string, force: boolean): Promise<string> {
    const ring = await this.keys.retire(kid, { force });
    return `Retired ${kid}. ${String(ring.length)} key(s) are left; ${kidOf(ring, 'current')} signs the tokens.`;
  }

  private get keys(): KeyRotationService {
    return this.app.get(KeyRotationService);
  }
}

function kidOf(ring: KeyRing, stage: 'next' | 'current'): string {
  return String(find(ring, stage)?.kid);
}
