import { Logger } from '@nestjs/common';
import type { AuditEvent } from '../audit/audit-event.entity.js';
import type { AuditEvents } from '../audit/audit-events.service.js';
import { UserDeletions } from './user-deletions.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('the deletion of what an application keeps of deleted users', () => {
  let trail: AuditEvent[];
  let deleted: string[];
  let refused: string[];
  let trailIsThere: boolean;
  let deletions: UserDeletions;

  const record = (...users: string[]) => {
    for (const userId of users) trail.push({ seq: 2 * trail.length + 1, userId } as AuditEvent);
  };
  const start = () =>
    new UserDeletions(
      {
        listAfter: (_: string, after: number, limit: number) =>
          trailIsThere
            ? Promise.resolve(trail.filter(({ seq }) => seq > after).slice(0, limit))
            : Promise.reject(new Error('no connection')),
      } as AuditEvents,
      'orders',
      (userId) => {
        if (refused.includes(userId)) return Promise.reject(new Error('locked'));
        deleted.push(userId);
        return Promise.resolve();
      },
    );
  /** Lets time pass. @returns whose were deleted meanwhile */
  const after = async (ms: number) => {
    deleted = [];
    await jest.advanceTimersByTimeAsync(ms);
    return deleted;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    [trail, deleted, refused, trailIsThere] = [[], [], [], true];
    record('before');
    deletions = start();
  });
  afterEach(async () => {
    await deletions.stop();
    jest.useRealTimers();
  });

  it('is of all who are gone when it starts, and twice of each', async () => {
    expect(await after(SECOND)).toEqual(['before']);
    record('meanwhile');
    expect(await after(MINUTE)).toEqual(['before', 'meanwhile']);
    expect(await after(MINUTE)).toEqual(['meanwhile']);
    expect(await after(MINUTE)).toEqual([]);
  });

  it('is at once of whom this process deletes, and of no other event', async () => {
    await deletions.hear({ type: 'user_deleted', userId: 'now', details: {} });
    await deletions.hear({ type: 'signed_in', userId: 'other', details: {} });
    expect(deleted).toEqual(['now']);
  });

  it('is tried again for whom it failed, and not in the way of others', async () => {
    refused = ['before'];
    record('next');
    for (let look = 0; look < 4; look++) expect((await after(MINUTE)).includes('next')).toBe(true);
    refused = [];
    expect(await after(MINUTE)).toEqual(['before', 'next']);
    await after(MINUTE);
    expect(await after(MINUTE)).toEqual([]);
  });

  it('goes on after the trail could not be read', async () => {
    trailIsThere = false;
    expect(await after(2 * MINUTE)).toEqual([]);
    trailIsThere = true;
    expect(await after(MINUTE)).toEqual(['before']);
  });

  it('is of more than are read at a time', async () => {
    record(...Array.from({ length: 1200 }, (_, n) => `user ${String(n)}`));
    expect(await after(SECOND)).toHaveLength(1201);
  });

  it('ends when it is stopped, also in the middle', async () => {
    record('second', 'third');
    const stopped = new Promise<void>((resolve) => {
      refused = {
        includes: (userId: string) => {
          if (userId === 'second') void deletions.stop().then(resolve);
          return false;
        },
      } as string[];
    });
    expect(await after(10 * MINUTE)).toEqual(['before', 'second']);
    await stopped;
  });
});
