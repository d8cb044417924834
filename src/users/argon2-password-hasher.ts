import { Injectable } from '@nestjs/common';
import type { Options } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import pLimit, { type LimitFunction } from 'p-limit';
import { Settings } from '../config/settings.js';
import { AppError } from '../errors/app-error.js';
import { HashThreads } from './hash-threads/hash-threads.js';
import { readHash } from './hashes/read-hash.js';
import { UnusableHash, type StoredHash } from './hashes/stored-hash.js';
import { PasswordHasher, type HasherLoad } from './password-hasher.js';

const RETRY_SECONDS = 1;

/**
 * argon2id (RFC 9106), the parameters by setting, at most as many hashes at a time as the setting has threads. Checks the
 * hashes of other systems too, under the same bound.
 */
@Injectable()
export class Argon2PasswordHasher extends PasswordHasher {
  private readonly turn: LimitFunction;
  private readonly options: Options;
  private readonly parameters: string;
  private readonly decoy: string;
  private refused = 0;

  constructor(
    private readonly settings: Settings,
    private readonly threads: HashThreads,
  ) {
    super();
    const { memoryKib, passes, lanes, threads: atOnce } = settings.passwordHash;
    this.turn = pLimit(atOnce);
    // The library's algorithm is argon2id unless told otherwise.
    this.options = { memoryCost: memoryKib, timeCost: passes, parallelism: lanes };
    this.parameters = `$argon2id$v=19$m=${String(memoryKib)},t=${String(passes)},p=${String(lanes)}$`;
    this.decoy = `${this.parameters}${unpadded(randomBytes(16))}$${unpadded(randomBytes(32))}`;
  }

  get load(): HasherLoad {
    const { activeCount, pendingCount } = this.turn;
    return { running: activeCount, waiting: pendingCount, refused: this.refused };
  }

  requireRoom(): void {
    if (this.turn.pendingCount < this.settings.passwordHash.queue) return;
    this.refused += 1;
    throw new AppError('overloaded', {
      retryAfter: RETRY_SECONDS,
      detail: 'the password-hash queue is full',
    });
  }

  hash(password: string): Promise<string> {
    return this.inTurn(() => this.threads.run('argon2Hash', normalize(password), this.options));
  }

  verify(password: string, stored: string | undefined): Promise<boolean> {
    const hash = this.read(stored);
    return this.inTurn(() => this.matchesAnyForm(hash, password));
  }

  isOutdated(stored: string): boolean {
    return !stored.startsWith(this.parameters);
  }

  // The decoy is taken apart anew each time, as the hash of a user is.
  private read(stored: string | undefined): StoredHash {
    try {
      return readHash(stored ?? this.decoy);
    } catch (error) {
      if (error instanceof UnusableHash) return readHash(this.decoy);
      throw error;
    }
  }

  // Hashes made here are of the normal form. Other systems hashed what was typed, and an argon2id hash does not say whose
  // it is: so where the two differ, both are tried, for whatever hash, that of nobody included.
  private async matchesAnyForm(hash: StoredHash, password: string): Promise<boolean> {
    const normal = normalize(password);
    if (await hash.matches(normal, this.threads)) return true;
    return password !== normal && hash.matches(password, this.threads);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.requireRoom();
    return this.turn(work);
  }
}

/** One password typed on two keyboards is one password (NIST SP 800-63B §3.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFKC');
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
