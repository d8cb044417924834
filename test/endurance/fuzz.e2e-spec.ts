import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { errorCatalogue, type ErrorCode } from '../../src/errors/error-catalogue.js';
import type { ErrorBody } from '../../src/errors/error-body.js';
import { readDocument, tableRows } from '../support/documents.js';
import { requestsTo, type FuzzRequest, type Operation } from '../support/fuzz-operation.js';
import { FuzzTarget, SECRET_WORD, type FuzzAnswer } from '../support/fuzz-target.js';
import { lookInto } from '../support/look-into.js';
import { rounds } from '../support/rounds.js';
import { isOnPostgres } from '../support/stores.js';

const AT_ONCE = 20;
const BATCHES = rounds(2);
const ACCEPTED_WITHIN_MS = 30_000;
const ROUTE_WITHIN_MS = 600_000;

/** Where a new token, or what is signed like one, is the answer. */
const givesTokens = [
  '/login',
  '/refresh',
  '/reauthenticate',
  '/token',
  '/account/session',
  '/account/session/refresh',
  '/revocations',
  '/revocations/stream',
];
const JWT = /ey[\w-]{10,}\.ey[\w-]{10,}\.[\w-]{10,}/;
const INTERNALS =
  /\$argon2|password_?hash|SQLITE_|SELECT |INSERT |node_modules|\n? {4}at |FST_ERR|nestjs|fastify|\/dist\//i;
const OAUTH = ['invalid_request', 'invalid_grant', 'invalid_scope', 'unsupported_grant_type'];

const routes = tableRows(readDocument('docs/routes.md'))
  .map(([route]) => route!.split(' ') as [string, string])
  .map(([method, path]) => ({ method: method.toLowerCase(), path: path.replace(/:(\w+)/g, '{$1}') }));

/** All that must hold of any answer to any request. @throws Error that shows the request */
function expectHarmless(operation: Operation, path: string, request: FuzzRequest, answer: FuzzAnswer): void {
  const { status, headers, body } = answer;
  expect(Object.keys(operation.responses)).toContain(String(status));
  expect(headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': expect.any(String) as string,
  });
  // The public documents are for pages of every origin.
  expect(headers['access-control-allow-origin']).toBe(
    path.startsWith('/.well-known/') && status < 400 ? '*' : undefined,
  );
  expect(headers).not.toHaveProperty('x-injected');
  expect(body).not.toContain(SECRET_WORD);
  if (status >= 400) expectRefusal(answer, path);
  else if (!givesTokens.includes(path)) expect(body).not.toMatch(JWT);
  // What a client makes up may look like anything, and the names of its fields are told back.
  if (!body.includes('is not a field')) expect(body).not.toMatch(INTERNALS);
}

function expectRefusal({ status, headers, body: text }: FuzzAnswer, path: string): void {
  const body = JSON.parse(text) as ErrorBody;
  const { statusCode, error, message, details, reason, error_description, ...others } = body;
  expect(others).toEqual({});
  expect({ statusCode, status: errorCatalogue[error as ErrorCode].status }).toEqual({
    statusCode: status,
    status,
  });
  expect(message).not.toBe('');
  // A fault of the service is documented, and still is one.
  expect(error).not.toBe('internal_error');
  expect(details === undefined).toBe(error !== 'validation_failed');
  expect(reason === undefined).toBe(error !== 'token_revoked');
  expect(error_description === undefined).toBe(!['/token', '/revoke', '/introspect'].includes(path));
  if (OAUTH.includes(error)) expect(error_description).toBe(message);
  expect('www-authenticate' in headers).toBe(status === 401);
  expect('retry-after' in headers).toBe(error === 'overloaded' || error === 'rate_limited');
  expect(text).not.toMatch(JWT);
}

/** Sends random requests that are made from the service's own API description. */
describe('any request to', () => {
  const target = new FuzzTarget();
  const counts: Record<string, Record<number, number>> = {};

  beforeAll(() => target.start(), 60_000);
  afterAll(() => {
    rmSync(target.folder, { recursive: true });
  });

  it.each(routes)(
    '$method $path does no harm',
    async ({ method, path }) => {
      const operation = target.document.paths[path]![method]!;
      const seen: Record<number, number> = (counts[`${method} ${path}`] = {});
      const batch = fc.array(requestsTo(target.document, path, method), {
        minLength: AT_ONCE,
        maxLength: AT_ONCE,
        size: 'max',
      });
      const harmless = fc.asyncProperty(batch, async (requests) => {
        await target.prepare();
        await Promise.all(
          requests.map(async (request) => {
            const answer = await target.send(request);
            seen[answer.status] = (seen[answer.status] ?? 0) + 1;
            expectHarmless(operation, path, request, answer);
          }),
        );
      });
      const wasAccepted = () => Object.keys(seen).some((status) => status.startsWith('2'));
      const end = Date.now() + ACCEPTED_WITHIN_MS;
      // A route of which every request was refused has not been tried yet.
      do await fc.assert(harmless, { numRuns: BATCHES });
      while (!wasAccepted() && Date.now() < end);
      expect(wasAccepted()).toBe(true);
    },
    ROUTE_WITHIN_MS,
  );

  it('leaves the service at work', () => target.expectToServe());

  it('leaves no secret in the log, and no fault', () => {
    const { log } = target;
    expect(log).not.toContain(SECRET_WORD);
    expect(log).not.toMatch(JWT);
    // The signature alone, as long as every one of the run.
    expect(log).not.toMatch(/[\w-]{86}/);
    const lines = log.split('\n').filter((line) => line !== '');
    const faults = lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 40);
    expect(faults).toEqual([]);
  });

  it('leaves no row by half', async () => {
    await target.stop();
    await lookInto(target.folder, async (rows) => {
      if (!isOnPostgres) {
        expect(await rows('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
        expect(await rows('PRAGMA foreign_key_check')).toEqual([]);
      }
      expect(await rows("SELECT * FROM users WHERE password_hash NOT LIKE '$argon2id$%'")).toEqual([]);
      expect(
        await rows('SELECT * FROM sessions WHERE id NOT IN (SELECT session_id FROM refresh_tokens)'),
      ).toEqual([]);
      const twoLive =
        'SELECT session_id FROM refresh_tokens WHERE used_at IS NULL GROUP BY session_id HAVING count(*) > 1';
      expect(await rows(twoLive)).toEqual([]);
    });
  });

  it('is tried at every route, and counted where somebody wants to know', () => {
    if (process.env['FUZZ_COUNTS'] !== undefined) console.info(JSON.stringify(counts, null, 1));
    expect(Object.keys(counts)).toHaveLength(routes.length);
  });
});
