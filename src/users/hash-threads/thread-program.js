// @ts-check
// Plain JavaScript, as it runs in a thread of its own: neither jest nor anything else is there to compile it.
import { hashSync, verifySync } from '@node-rs/argon2';
import { verifySync as bcryptVerify } from '@node-rs/bcrypt';
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { constants, getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

/** @import { SlowFunctions, SlowOutcome, SlowTask } from './slow-functions.js' */

/** @type {SlowFunctions} */
const functions = {
  argon2Hash: hashSync,
  argon2Verify: verifySync,
  bcryptVerify,
  pbkdf2: pbkdf2Sync,
  scrypt: scryptSync,
};

giveWay();
parentPort?.on('message', (/** @type {SlowTask} */ task) => parentPort?.postMessage(outcomeOf(task)));

/** @returns {SlowOutcome} */
function outcomeOf(/** @type {SlowTask} */ { name, values }) {
  try {
    return { value: Reflect.apply(functions[name], undefined, values) };
  } catch (error) {
    return { error };
  }
}

/** Whoever answers requests goes first on every core. Only on Linux has a thread a priority of its own. */
function giveWay() {
  if (process.platform !== 'linux') return;
  const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
  try {
    setPriority(lower);
  } catch {
    // It hashes as well with the priority that it has.
  }
}
