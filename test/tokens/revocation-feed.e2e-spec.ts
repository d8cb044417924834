import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { randomUUID } from 'node:crypto';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { Denylist } from '../../src/tokens/denylist.js';
import { HEARTBEAT_MS } from '../../src/tokens/feed/feed-news.js';
import type { FeedClaims } from '../../src/tokens/feed/feed-signer.js';
import { RevocationStreams } from '../../src/tokens/feed/revocation-streams.js';
import { refusal } from '../support/api-client.js';
import { EventStream, type StreamedEvent } from '../support/event-stream.js';
import { ada } from '../support/people.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf, headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const TOKEN = 'the-token-of-the-reports-service';
const REVOCATIONS_TOKEN = `${TOKEN}, another-that-replaces-it`;
/** With fake timers, a test decides when intervals are over. Everything else takes its time. */
const allButIntervals: Parameters<typeof jest.useFakeTimers>[0] = {
  doNotFake: [
    'Date',
    'hrtime',
    'nextTick',
    'performance',
    'queueMicrotask',
    'setImmediate',
    'clearImmediate',
    'setTimeout',
    'clearTimeout',
  ],
};
const day = { expiresAt: new Date('2026-03-02T12:00:00Z') };

const pageIn = (text: string) => claimsOf(text) as unknown as FeedClaims;
const idsOf = ({ revoked }: FeedClaims) => revoked.map(({ id }) => id);
const start = (folder = newFolder()) => TestApp.start({ folder, settings: { REVOCATIONS_TOKEN } });
const revoke = (service: TestApp, ids: readonly string[], { expiresAt } = day) =>
  service.app.get(UnitOfWork).run(async (manager) => {
    service.app.get(Denylist).add(
      manager,
      ids.map((id) => ({ id, reason: 'revoked', expiresAt })),
    );
  });
const read = async (service: TestApp, since?: string | null, token = TOKEN) => {
  const query = since === undefined || since === null ? '' : `?since=${since}`;
  const { text, headers } = await service.api.get(`/revocations${query}`, token).expect(200);
  expect(headers['content-type']).toBe('application/jwt');
  return text;
};
/** All pages from a cursor on. */
const readAll = async (service: TestApp, since: string | null = null) => {
  const pages: FeedClaims[] = [];
  for (let cursor = since; ; cursor = pages.at(-1)!.cursor) {
    pages.push(pageIn(await read(service, cursor)));
    if (!pages.at(-1)!.more) return pages;
  }
};
const follow = ({ url }: TestApp, query = '', headers: Record<string, string> = {}) =>
  EventStream.open(`${url}/revocations/stream${query}`, { Authorization: `Bearer ${TOKEN}`, ...headers });
/** Reads events until one names this id. @returns all of them */
const readUntil = async (stream: EventStream, id: string) => {
  const seen: StreamedEvent[] = [];
  while (!seen.some(({ data }) => idsOf(pageIn(data)).includes(id))) {
    const event = await stream.next();
    if (!event) throw new Error('the stream has ended');
    seen.push(event);
  }
  return seen;
};

/** These tests revoke nothing, so that they share a service. */
describe('the feed of revocations', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await start();
  });
  afterAll(() => service.stop());

  it('is signed by the current key, and is nothing that an access token could be', async () => {
    const { access_token } = await service.api.signUp({ ...ada, username: 'ada-of-the-page' });
    const page = await read(service);
    const { kid, alg } = headerOf(access_token);
    expect(headerOf(page)).toEqual({ kid, alg, typ: 'revocations+jwt' });
    expect(pageIn(page)).toEqual({
      iss: 'http://localhost:3000',
      aud: 'http://localhost:3000/revocations',
      iat: service.clock.now().getTime() / 1000,
      exp: service.clock.now().getTime() / 1000 + 60,
      since: null,
      cursor: null,
      more: false,
      revoked: [],
    });
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', service.url));
    const pins = { issuer: 'http://localhost:3000', currentDate: service.clock.now() };
    await jwtVerify(page, keys, { ...pins, audience: 'http://localhost:3000/revocations' });
    await expect(jwtVerify(page, keys, { ...pins, audience: 'gatehouse' })).rejects.toThrow(
      errors.JWTClaimValidationFailed,
    );
    expect(refusal(await service.api.get('/protected', page))).toEqual({
      status: 401,
      error: 'token_invalid',
    });
    expect(refusal(await service.api.refresh(page))).toEqual({ status: 401, error: 'token_invalid' });
  });

  it.each([
    ['that is none', 'x'],
    ['of another list', Buffer.from('ada').toString('base64url')],
    ['that this database has not given out yet', Buffer.from('7').toString('base64url')],
    ['beyond all numbers', Buffer.from('99999999999').toString('base64url')],
  ])('refuses a cursor %s', async (_, since) => {
    for (const path of ['/revocations', '/revocations/stream']) {
      const { status, body } = await service.api.get(`${path}?since=${since}`, TOKEN);
      expect([status, body]).toMatchObject([
        400,
        { error: 'validation_failed', details: [{ field: 'since' }] },
      ]);
    }
    await service.api.get('/revocations?since=a&since=b', TOKEN).expect(400);
    await service.api.get('/revocations?page=2', TOKEN).expect(400);
  });

  it.each(['/revocations', '/revocations/stream'])(
    'is for who holds a token of the setting: %s',
    async (path) => {
      const { access_token } = await service.api.signUp({
        ...ada,
        username: `ada-${path.replaceAll('/', '-')}`,
      });
      const { status, body, headers } = await service.api.get(path);
      expect([status, body]).toMatchObject([401, { error: 'token_missing' }]);
      expect(headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
      for (const token of [access_token, 'another', REVOCATIONS_TOKEN])
        expect(refusal(await service.api.get(path, token))).toEqual({ status: 401, error: 'token_invalid' });
      await read(service, null, 'another-that-replaces-it');
    },
  );

  it('lets nobody in where no token is set, and is named to clients only where one is', async () => {
    const path = '/.well-known/oauth-authorization-server';
    const closed = await TestApp.start();
    expect(refusal(await closed.api.get('/revocations', TOKEN)).error).toBe('token_invalid');
    expect((await closed.api.get(path)).body).not.toHaveProperty('revocation_feed_uri');
    await closed.stop();
    expect((await service.api.get(path)).body).toMatchObject({
      revocation_feed_uri: 'http://localhost:3000/revocations',
      revocation_stream_uri: 'http://localhost:3000/revocations/stream',
    });
  });

  it('answers a HEAD without a body, and without a stream that stays', async () => {
    for (const path of ['/revocations', '/revocations/stream']) {
      const answer = await service.api.raw().head(path).set('Authorization', `Bearer ${TOKEN}`);
      expect([answer.status, answer.text]).toEqual([200, undefined]);
    }
  });
});

/** Each of these tests begins with a service that has revoked nothing. */
describe('the feed of revocations', () => {
  let service: TestApp;

  beforeEach(async () => {
    service = await start();
  });
  afterEach(() => service.stop());

  it('tells the session of a logout and the token of a revocation, with when they expire', async () => {
    const left = await service.api.signUp(ada);
    const revoked = await service.api.signIn(ada);
    await service.api.post('/logout', undefined, left.access_token).expect(204);
    await service.api.delete('/access-revoke', revoked.access_token).expect(200);
    const { sid, exp: ends } = claimsOf(left.access_token);
    const { jti, exp } = claimsOf(revoked.access_token);
    expect(pageIn(await read(service)).revoked).toEqual([
      { id: sid, exp: ends },
      { id: jti, exp },
    ]);
  });

  it('goes on where its reader was, in bounded pages, and leaves nothing out', async () => {
    const ids = Array.from({ length: 2500 }, () => randomUUID());
    await revoke(service, ids);
    const pages = await readAll(service);
    expect(pages.map(({ revoked }) => revoked.length)).toEqual([1000, 1000, 500]);
    expect(pages.flatMap(idsOf)).toEqual(ids);
    expect(pages.map(({ since }) => since)).toEqual([null, pages[0]!.cursor, pages[1]!.cursor]);

    await revoke(service, ['later']);
    const [last] = await readAll(service, pages[2]!.cursor);
    expect(last).toMatchObject({ since: pages[2]!.cursor, revoked: [{ id: 'later' }], more: false });
    const [nothing] = await readAll(service, last!.cursor);
    expect(nothing).toMatchObject({ since: last!.cursor, cursor: last!.cursor, revoked: [] });
  });

  it('leaves out what has expired, and its cursors hold after that, and after a restart', async () => {
    await revoke(service, ['short'], { expiresAt: new Date('2026-03-01T12:01:00Z') });
    const { cursor } = pageIn(await read(service));
    service.clock.pass(90);
    expect(pageIn(await read(service))).toMatchObject({ revoked: [], cursor });

    await service.sweep();
    expect(pageIn(await read(service, cursor))).toMatchObject({ revoked: [], cursor });
    const folder = await service.stopAndKeep();
    service = await start(folder);
    await revoke(service, ['after']);
    expect(idsOf(pageIn(await read(service, cursor)))).toEqual(['after']);
  });

  describe('as a stream', () => {
    afterEach(() => {
      jest.useRealTimers();
    });

    const startWithFakeIntervals = async () => {
      await service.stop();
      jest.useFakeTimers(allButIntervals);
      service = await start();
    };

    it('begins with what is revoked, tells each logout, and resumes by Last-Event-ID', async () => {
      await revoke(service, ['before']);
      const stream = await follow(service);
      expect(stream.headers['content-type']).toBe('text/event-stream');
      expect(stream.headers['cache-control']).toBe('no-store');
      const [first] = await readUntil(stream, 'before');
      expect(first!.id).toBe(pageIn(first!.data).cursor);

      const { access_token } = await service.api.signUp(ada);
      await service.api.post('/logout', undefined, access_token).expect(204);
      const seen = await readUntil(stream, String(claimsOf(access_token)['sid']));
      stream.cut();

      await revoke(service, ['missed']);
      const resumed = await follow(service, '?since=nonsense', { 'Last-Event-ID': seen.at(-1)!.id! });
      const event = await resumed.next();
      expect(pageIn(event!.data)).toMatchObject({ since: seen.at(-1)!.id, revoked: [{ id: 'missed' }] });
      resumed.cut();
    });

    it('tells at once, and again and again, signed, that there is nothing new', async () => {
      await startWithFakeIntervals();
      const stream = await follow(service);
      for (let n = 0; n < 2; n++) {
        if (n > 0) jest.advanceTimersByTime(HEARTBEAT_MS);
        const event = await stream.next();
        expect(event).toMatchObject({ id: undefined, comments: ['nothing new'] });
        expect(headerOf(event!.data).typ).toBe('revocations+jwt');
        expect(pageIn(event!.data)).toMatchObject({ since: null, cursor: null, revoked: [] });
      }
      stream.cut();
    });

    it('tells what another instance has revoked', async () => {
      const stream = await follow(service);
      await stream.next();
      const other = await start(service.folder);
      await revoke(other, ['elsewhere']);
      await readUntil(stream, 'elsewhere');
      await other.stopAndKeep();
      stream.cut();
    });

    it('tells every reader everything, in order, while many revoke', async () => {
      const streams = await Promise.all(Array.from({ length: 5 }, () => follow(service)));
      const ids = Array.from({ length: 200 }, (_, n) => `id-${String(n)}`);
      await Promise.all(ids.map((id) => revoke(service, [id])));
      await revoke(service, ['the-end']);
      for (const stream of streams) {
        const told = (await readUntil(stream, 'the-end')).flatMap(({ data }) => idsOf(pageIn(data)));
        expect(new Set(told).size).toBe(told.length);
        expect([...told].sort()).toEqual([...ids, 'the-end'].sort());
        stream.cut();
      }
    });

    it('ends when the service stops, which it does not hold up', async () => {
      const stream = await follow(service);
      await stream.next();
      const folder = await service.stopAndKeep();
      while (await stream.next());
      service = await start(folder);
    });

    it('is given up by an instance once its reader is gone', async () => {
      await startWithFakeIntervals();
      const streams = service.app.get(RevocationStreams);
      const stream = await follow(service);
      expect(streams.size).toBe(1);
      stream.cut();
      // A stream that waits for news notices with the next heartbeat.
      await until(() => {
        jest.advanceTimersByTime(HEARTBEAT_MS);
        return streams.size === 0;
      });
    });
  });
});
