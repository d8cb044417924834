import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Settings } from '../config/settings.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { readKeyFile, writeKeyFile } from './key-file.js';
import type { KeyRing } from './key-ring.js';

/** Keeps the signing keys in `JWT_KEYS_FILE`. */
@Injectable()
export class KeyStore {
  readonly path: string;

  constructor(
    private readonly work: UnitOfWork,
    { jwtKeysFile }: Settings,
  ) {
    this.path = jwtKeysFile;
  }

  /** @returns none where there is no file yet. */
  load(): Promise<KeyRing> {
    return readKeyFile(this.path);
  }

  /** Changes the keys. Of several processes on one database only one does so at a time: none undoes another's change. */
  change(change: (ring: KeyRing, manager: EntityManager) => KeyRing | Promise<KeyRing>): Promise<KeyRing> {
    return this.work.runAlone(async (manager) => {
      const changed = await change(await this.load(), manager);
      // Last of all, as it cannot be undone: where the change cannot be recorded, it is not made.
      this.work.beforeCommit(async () => {
        writeKeyFile(this.path, changed);
      });
      return changed;
    });
  }
}
