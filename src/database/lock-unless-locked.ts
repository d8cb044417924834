import type { EntityManager } from 'typeorm';

/**
 * Row locks for a `find` that leaves out the rows that somebody else has locked: who waits for nobody while holding many
 * rows cannot be in a circle of units that wait for each other. SQLite needs none: there one unit goes at a time.
 */
export function lockUnlessLocked(manager: EntityManager): {
  lock?: { mode: 'pessimistic_write'; onLocked: 'skip_locked' };
} {
  return manager.connection.options.type === 'sqlite'
    ? {}
    : { lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' } };
}
