import { addSeconds } from '../time/clock.js';
import type { StoredKey } from './key-ring.js';

/** How long others may cache the key set. A key signs only after it was published for longer than that. */
export const JWKS_MAX_AGE_SECONDS = 300;

/** For running services to take up a change of the keys, and for clocks that differ. */
export const TAKE_UP_SECONDS = 60;

/** When everybody who verifies tokens can have this key, and it may begin to sign. */
export function knownFrom({ created_at }: StoredKey): Date {
  return addSeconds(new Date(created_at), JWKS_MAX_AGE_SECONDS + TAKE_UP_SECONDS);
}
