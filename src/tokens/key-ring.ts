import type { JWK } from 'jose';
import type { JwtAlgorithm } from '../config/settings.js';

/** The next key is published before it signs, the current one signs, the previous ones still verify. */
export type KeyStage = 'next' | 'current' | 'previous';

/** A signing key as it is kept. */
export interface StoredKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly alg: JwtAlgorithm;
  readonly stage: KeyStage;
  /** ISO 8601; published since then. */
  readonly created_at: string;
  /** ISO 8601; when the last token of a previous key has expired. */
  readonly needed_until: string | null;
  /** The private key. */
  readonly jwk: JWK;
}

export type KeyRing = readonly StoredKey[];

/** A key that has no stage yet. */
export type NewKey = Pick<StoredKey, 'kid' | 'alg' | 'created_at' | 'jwk'>;

/** Whether there is a key to sign with, and one for this algorithm to follow it. */
export function isComplete(ring: KeyRing, alg: JwtAlgorithm): boolean {
  return find(ring, 'current') !== undefined && find(ring, 'next')?.alg === alg;
}

/**
 * Puts new keys where one is missing: at first start, or since another algorithm was set. Then the current key goes on
 * signing, as nobody can have the new one yet.
 */
export function complete(ring: KeyRing, [current, next]: readonly [NewKey, NewKey]): KeyRing {
  const [signing = put(current, 'current')] = at(ring, 'current');
  const [following = put(next, 'next')] = at(ring, 'next').filter(({ alg }) => alg === next.alg);
  return [signing, following, ...at(ring, 'previous')];
}

/** Lets the next key sign, and publishes another for the time after it. */
export function rotate(ring: KeyRing, next: NewKey, neededUntil: Date): KeyRing {
  return [
    ...at(ring, 'next').map((key) => put(key, 'current')),
    put(next, 'next'),
    ...at(ring, 'current').map((key) => demote(key, neededUntil)),
    ...at(ring, 'previous'),
  ];
}

/** Removes a key. */
export function without(ring: KeyRing, kid: string): KeyRing {
  return ring.filter((key) => key.kid !== kid);
}

export function put(key: NewKey, stage: KeyStage): StoredKey {
  return { ...key, stage, needed_until: null };
}

export function find(ring: KeyRing, stage: 'next' | 'current'): StoredKey | undefined {
  return at(ring, stage)[0];
}

/** Whether others may still meet a token of this key, or will. */
export function isNeeded({ needed_until }: StoredKey, now: Date): boolean {
  return needed_until === null || new Date(needed_until) > now;
}

function at(ring: KeyRing, stage: KeyStage): KeyRing {
  return ring.filter((key) => key.stage === stage);
}

function demote(key: StoredKey, neededUntil: Date): StoredKey {
  return { ...key, stage: 'previous', needed_until: neededUntil.toISOString() };
}
