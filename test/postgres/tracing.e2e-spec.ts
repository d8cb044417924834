import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { DocumentShell } from '../support/document-shell.js';
import type { ServingCommand } from '../support/serving-command.js';
import { codeBlock } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { npmEnvironment } from '../support/npm-environment.js';
import { ada, grace } from '../support/people.js';
import { newServiceFolder } from '../support/service-folder.js';
import { storesOf } from '../support/stores.js';
import { TraceReceiver, type Span } from '../support/trace-receiver.js';
import { until } from '../support/until.js';

const DOCUMENT = 'docs/observability.md';
const install = 'npm install --no-save @opentelemetry/api';
const serve = 'export OTEL_SERVICE_NAME=gatehouse';
const SERVER = 2;
/** npm fetches the packages. */
const WITHIN_MS = 600_000;
const STARTS_WITHIN_MS = 60_000;
const email = 'ada@analytical.example';

interface LogLine {
  readonly request_id?: string;
}

describe('traces, as docs/observability.md has them made', () => {
  let folder: string;
  let receiver: TraceReceiver;
  let service: ServingCommand;
  let api: ApiClient;

  beforeAll(async () => {
    folder = newServiceFolder();
    // Those that the service needs are there: npm is to fetch no more than the block says.
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const installed = await new DocumentShell(folder, { ...npmEnvironment }).run(DOCUMENT, install);
    expect(installed).toMatchObject({ code: 0 });
  }, WITHIN_MS);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await service.stop();
    await receiver.stop();
  });

  const start = async (tracing: string) => {
    writeFileSync(join(folder, 'tracing.mjs'), tracing);
    receiver = await TraceReceiver.start();
    const PORT = String(await freePort());
    const variables = { ...(await storesOf(folder)), PORT };
    const shell = new DocumentShell(folder, { ...variables, ...receiver.variables }, [
      ['http://127.0.0.1:4318', receiver.url],
    ]);
    service = shell.serve(DOCUMENT, serve);
    api = new ApiClient(`http://127.0.0.1:${PORT}`);
    await service.untilAnswering(`http://127.0.0.1:${PORT}/health/ready`, STARTS_WITHIN_MS);
  };
  const log = () =>
    service.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  const isRequest = ({ kind }: Span) => kind === SERVER;
  const isUnder = (span: Span, root: Span): boolean => {
    if (span.parentSpanId === root.spanId) return true;
    const parent = receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent !== undefined && isUnder(parent, root);
  };
  /** The span of a request to a path, once it has come: then those under it have, too. */
  const requestTo = async (path: string) => {
    const find = () => receiver.spans.find((span) => isRequest(span) && span.attributes['url.path'] === path);
    await until(() => find() !== undefined);
    const root = find()!;
    return { root, under: receiver.spans.filter((span) => isUnder(span, root)) };
  };
  const linesOfRequests = () => log().filter(({ request_id }) => request_id !== undefined);

  it(
    'tell of every request with its statements and its commands under it, and its lines in the log say so',
    async () => {
      await start(codeBlock(DOCUMENT, 'tracing.mjs'));
      await api.register({ ...ada, email }).expect(201);
      await api.get('/welcome?of=somebody').expect(200);

      const { root, under } = await requestTo('/register');
      expect(new Set(under.map(({ by }) => by))).toEqual(new Set(['pg', 'ioredis']));
      const statements = under.map(({ attributes }) => attributes['db.query.text']);
      expect(statements).toContainEqual(expect.stringMatching(/^INSERT INTO "users".* VALUES \(\$1, /));
      expect(JSON.stringify(receiver.spans)).not.toContain(email);
      expect(linesOfRequests()).toContainEqual(
        expect.objectContaining({ path: '/register', trace_id: root.traceId, span_id: root.spanId }),
      );
      for (const line of linesOfRequests())
        expect(line).toMatchObject({ trace_id: expect.any(String), span_id: expect.any(String) });

      const welcome = await requestTo('/welcome');
      expect(welcome.root.attributes).toMatchObject({ 'url.query': 'of=somebody' });
      expect(welcome.root.attributes).not.toHaveProperty('http.route');
      // The looks at the database that nobody has asked for.
      await until(() =>
        receiver.spans.some(({ by, traceId }) => {
          const trace = receiver.spans.filter((span) => span.traceId === traceId);
          return by === 'pg' && !trace.some(isRequest);
        }),
      );
    },
    WITHIN_MS,
  );

  it(
    'lack the commands to Redis without the hook, and the lines of the log their trace',
    async () => {
      await start(codeBlock(DOCUMENT, 'tracing.mjs').replace(/^register\(.*$/m, ''));
      await api.register(grace).expect(201);
      const { under } = await requestTo('/register');
      expect(new Set(under.map(({ by }) => by))).toEqual(new Set(['pg']));
      expect(linesOfRequests()).toContainEqual(expect.objectContaining({ path: '/register' }));
      for (const line of linesOfRequests()) expect(line).not.toHaveProperty('trace_id');
    },
    WITHIN_MS,
  );
});
