import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { TestApp } from './test-app.js';

/**
 * Removes all users with their sessions, tokens and freed names, so that tests can share one service and still start without users.
 * The audit trail and the service's clock stay as they are.
 */
export async function removeUsers({ app }: TestApp): Promise<void> {
  // A plain statement would be rolled back together with a transaction of the service that fails at the same time.
  await app.get(UnitOfWork).run(async (manager) => {
    await manager.query('DELETE FROM users');
    await manager.query('DELETE FROM reserved_names');
  });
}
