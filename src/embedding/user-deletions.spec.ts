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
  let imported: string[];
  let trailIsThere: boolean;
  let usersAreThere: boolean;
  let deletions: UserDeletions;

  const record = (...users: string[]) => {
    for (const userId of users) trail.push({ seq: 2 * trail.length + 1, userId } as AuditEvent);
  };
  const listAfter = (_: string, after: number, limit: number) =>
    trailIsThere
      ? Promise.resolve(trail.filter(({ seq }) => seq > after).slice(0, limit))
      : Promise.reject(new Error('no connection'));
  const deleteFrom = (feature: string) => (userId: string) => {
    if (refused.includes(userId)) return Promise.reject(new Error('locked'));
    deleted.push(`${feature} of ${userId}`);
    return Promise.resolve();
  };
  /** Lets time pass. @returns whose were deleted meanwhile */
  const after = async (ms: number) => {
    deleted = [];
    await jest.advanceTimersByTimeAsync(ms);
    return deleted;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    [trail, deleted, refused, imported, trailIsThere, usersAreThere] = [[], [], [], [], true, true];
    record('before');
    deletions = new UserDeletions({ listAfter } as AuditEvents, (userId) =>
      usersAreThere ? Promise.resolve(imported.includes(userId)) : Promise.reject(new Error('no connection')),
    );
    deletions.add('orders', deleteFrom('orders'));
  });
  afterEach(() => {
    deletions.stop();
    jest.useRealTimers();
  });

  it('is of all who are gone when it starts, and twice of each', async () => {
    expect(await after(SECOND)).toEqual(['orders of before']);
    record('meanwhile');
    expect(await after(MINUTE)).toEqual(['orders of before', 'orders of meanwhile']);
    expect(await after(MINUTE)).toEqual(['orders of meanwhile']);
    expect(await after(MINUTE)).toEqual([]);
  });

  it('is at once of whom this process deletes, and of no other event', async () => {
    await deletions.hear({ type: 'user_deleted', userId: 'now', details: {} });
    await deletions.hear({ type: 'signed_in', userId: 'other', details: {} });
    expect(deleted).toEqual(['orders of now']);
  });

  it('is not of somebody who has an account by that id again', async () => {
    imported = ['before'];
    await deletions.hear({ type: 'user_deleted', userId: 'before', details: {} });
    expect(await after(3 * MINUTE)).toEqual([]);
  });

  it('is tried again where it failed, and keeps nothing else from being settled', async () => {
    refused = ['before'];
    record('next');
    expect(await after(SECOND)).toEqual(['orders of next']);
    expect(await after(MINUTE)).toEqual(['orders of next']);
    expect(await after(5 * MINUTE)).toEqual([]);
    refused = [];
    expect(await after(MINUTE)).toEqual(['orders of before']);
    expect(await after(MINUTE)).toEqual([]);
  });

  it('goes on after the trail could not be read', async () => {
    trailIsThere = false;
    expect(await after(2 * MINUTE)).toEqual([]);
    trailIsThere = true;
    expect(await after(MINUTE)).toEqual(['orders of before']);
  });

  it('is of all that there is for a feature that comes later, and of each feature by one name', async () => {
    await after(5 * MINUTE);
    deletions.add('notes', deleteFrom('notes'));
    expect(await after(SECOND)).toContain('notes of before');
    expect(() => {
      deletions.add('notes', deleteFrom('notes'));
    }).toThrow('notes are deleted by another feature already');
  });

  it('is of all that there is for a feature that comes in the middle of a look', async () => {
    await after(5 * MINUTE);
    deletions.add('links', () => {
      deletions.add('notes', deleteFrom('notes'));
      return Promise.resolve();
    });
    imported = ['before'];
    record('next');
    await after(SECOND);
    imported = [];
    expect(await after(SECOND)).toContain('notes of before');
  });

  it('is left to the next look where nobody can tell whether somebody has an account', async () => {
    usersAreThere = false;
    await deletions.hear({ type: 'user_deleted', userId: 'before', details: {} });
    expect(await after(SECOND)).toEqual([]);
    usersAreThere = true;
    expect(await after(MINUTE)).toEqual(['orders of before']);
  });

  it('is of more than are read at a time', async () => {
    record(...Array.from({ length: 1200 }, (_, n) => `user ${String(n)}`));
    expect(await after(SECOND)).toHaveLength(1201);
  });

  it('ends when it is stopped, also in the middle', async () => {
    deletions.add('the end', () => {
      deletions.stop();
      return Promise.resolve();
    });
    deletions.add('notes', deleteFrom('notes'));
    record('next');
    expect(await after(10 * MINUTE)).toEqual(['orders of before']);
  });
});
