import type { SecurityEventList } from '../../src/audit/audit-event-profile.js';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { listEvents, signInAdmin } from '../support/audit.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

describe('the list of audit events', () => {
  let service: TestApp;
  let admin: string;
  let token: string;
  let userId: string;

  const record = (n: number, userId: string | null = null) =>
    service.app
      .get(UnitOfWork)
      .run((manager) =>
        service.app.get(AuditTrail).record(manager, { type: 'user_enabled', userId, details: { n } }),
      );
  const own = async (query = '') =>
    (await service.api.get(`/users/me/security-events${query}`, token).expect(200)).body as SecurityEventList;
  const numbers = ({ events }: { events: { details: object }[] }) =>
    events.map(({ details }) => (details as { n: number }).n);

  beforeAll(async () => {
    service = await TestApp.start();
    admin = await signInAdmin(service);
    token = (await service.api.signUp(ada)).access_token;
    userId = claimsOf(token).sub!;
  });
  afterAll(() => service.stop());

  it('is for administrators alone', async () => {
    const answer = await service.api.get('/audit-events', token);
    expect(refusal(answer)).toEqual({ status: 403, error: 'forbidden' });
  });

  it('has the newest first, fifty unless told otherwise', async () => {
    for (let n = 1; n <= 120; n++) await record(n);
    const first = await listEvents(service, admin);
    expect(numbers(first)).toEqual(Array.from({ length: 50 }, (_, n) => 120 - n));
    expect(numbers(await listEvents(service, admin, { limit: 100 }))).toHaveLength(100);
    expect(numbers(await listEvents(service, admin, { limit: 1 }))).toEqual([120]);
  });

  it('goes on page by page to the end, each event once, while events are added', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    const { events: all } = await listEvents(service, admin, { limit: 100 });
    do {
      const page = await listEvents(service, admin, { limit: 7, ...(cursor !== null && { cursor }) });
      seen.push(...page.events.map(({ id }) => id));
      cursor = page.next_cursor;
      await record(0);
    } while (cursor !== null);
    expect(seen.slice(0, 100)).toEqual(all.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    const [{ count }] = (await service.query<{ count: number }>(
      'SELECT count(*) AS count FROM audit_events WHERE details <> \'{"n":0}\'',
    )) as [{ count: number }];
    expect(seen).toHaveLength(count);
  });

  it('has no cursor where a page is the last one, full or not', async () => {
    const mine = { user_id: userId };
    expect(await listEvents(service, admin, mine)).toMatchObject({ next_cursor: null });
    expect(await listEvents(service, admin, { ...mine, limit: 2 })).toMatchObject({ next_cursor: null });
    expect(await listEvents(service, admin, { ...mine, limit: 1 })).not.toMatchObject({ next_cursor: null });
  });

  it('can be of one user, of one type, or of both', async () => {
    const typesOf = async (query: Record<string, string>) =>
      (await listEvents(service, admin, query)).events.map(({ type, user_id }) => [type, user_id]);
    expect(await typesOf({ user_id: userId })).toEqual([
      ['signed_in', userId],
      ['user_registered', userId],
    ]);
    const adminId = claimsOf(admin).sub;
    expect(await typesOf({ type: 'signed_in' })).toEqual([
      ['signed_in', userId],
      ['signed_in', adminId],
    ]);
    expect(await typesOf({ type: 'signed_in', user_id: userId })).toEqual([['signed_in', userId]]);
    expect(await typesOf({ user_id: '00000000-0000-4000-8000-000000000000' })).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=1e1',
    'limit=0x10',
    'limit=%2050',
    'limit=',
    'limit=ten',
    'limit=5&limit=6',
    'cursor=',
    'cursor=x',
    'cursor=MTIz',
    'cursor=%00',
    `cursor=${Buffer.from('00000000-0000-4000-8000-000000000000').toString('base64url')}`,
    `cursor=${'x'.repeat(600)}`,
    'cursor=a&cursor=b',
    'user_id=ada',
    'user_id=',
    'type=no_such_type',
    'type=toString',
    'offset=5',
    '__proto__=5',
    'access_token=x',
  ])('refuses %s, and names the field', async (query) => {
    const answer = await service.api.get(`/audit-events?${query}`, admin);
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    expect(answer.body).toMatchObject({ details: [{ field: query.split('=')[0] }] });
  });

  it.each(['limit=0', 'cursor=x', 'user_id=00000000-0000-4000-8000-000000000000', 'type=signed_in'])(
    'refuses %s of the own events, too',
    async (query) => {
      const answer = await service.api.get(`/users/me/security-events?${query}`, token);
      expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    },
  );

  it('shows users their own events alone, without the inside of them', async () => {
    await service.api.signUp(grace);
    await service.api
      .login({ ...ada, password: 'not the password' })
      .set('User-Agent', 'A browser')
      .expect(401);
    const { events, next_cursor } = await own();
    expect(events.map(({ type, user_id }) => [type, user_id])).toEqual([
      ['sign_in_failed', userId],
      ['signed_in', userId],
      ['user_registered', userId],
    ]);
    expect(next_cursor).toBeNull();
    expect(events[0]).toEqual({
      id: expect.any(String) as string,
      type: 'sign_in_failed',
      outcome: 'failure',
      user_id: userId,
      ip: '127.0.0.1',
      user_agent: 'A browser',
      created_at: service.clock.now().toISOString(),
      details: { reason: 'wrong_password' },
    });
  });

  it('lets users page through their own events, and tells them by no cursor how many there are of others', async () => {
    const first = await own('?limit=1');
    for (let n = 0; n < 20; n++) await record(n, userId);
    const second = await own(`?limit=1&cursor=${String(first.next_cursor)}`);
    expect([first, second].map(({ events }) => events[0]?.type)).toEqual(['sign_in_failed', 'signed_in']);
    expect(Buffer.from(String(first.next_cursor), 'base64url').toString()).toBe(first.events[0]?.id);
  });
});
