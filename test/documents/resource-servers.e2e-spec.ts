import { rmSync } from 'node:fs';
import { DocumentShell } from '../support/document-shell.js';
import type { ServingCommand } from '../support/serving-command.js';
import { ApiClient, refusal } from '../support/api-client.js';
import { codeBlocks, readDocument, tableRows } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { ada } from '../support/people.js';
import { newServiceFolder } from '../support/service-folder.js';
import { claimsOf, headerOf } from '../support/tokens.js';

const PAGE = 'docs/resource-servers.md';
const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';
const STARTS_WITHIN_MS = 30_000;

/** The names of a value and of what is in it, in their order. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.entries(value).map(([name, each]) => [name, shapeOf(each)]);
};

describe('who opens the feed as docs/resource-servers.md says', () => {
  let folder: string;
  let gatehouse: ServingCommand;
  let api: ApiClient;

  beforeAll(async () => {
    folder = newServiceFolder();
    const PORT = String(await freePort());
    const url = `http://127.0.0.1:${PORT}`;
    api = new ApiClient(url);
    const shell = new DocumentShell(folder, { PORT }, [['$(openssl rand -hex 24)', REVOCATIONS_TOKEN]]);
    gatehouse = shell.serve(PAGE, 'REVOCATIONS_TOKEN=$(openssl');
    await gatehouse.untilAnswering(url, STARTS_WITHIN_MS);
  });
  afterAll(async () => {
    await gatehouse.stop();
    rmSync(folder, { recursive: true });
  });

  it('reads pages like the one that is shown, with the token alone', async () => {
    const [session, token] = [await api.signUp(ada), await api.signIn(ada)];
    const { cursor } = claimsOf((await api.get('/revocations', REVOCATIONS_TOKEN).expect(200)).text);
    expect(cursor).toBeNull();
    await api.post('/logout', undefined, session.access_token).expect(204);
    const first = claimsOf((await api.get('/revocations', REVOCATIONS_TOKEN).expect(200)).text);
    await api.delete('/access-revoke', token.access_token).expect(200);
    await api.post('/logout', undefined, (await api.signIn(ada)).access_token).expect(204);
    const since = String(first['cursor']);
    const page = (await api.get(`/revocations?since=${since}`, REVOCATIONS_TOKEN).expect(200)).text;

    const [shown] = codeBlocks(PAGE, 'json').map((text) => JSON.parse(text) as object);
    expect(shapeOf(claimsOf(page))).toEqual(shapeOf(shown));
    expect(claimsOf(page)).toMatchObject({ since, more: false });
    expect(headerOf(page)).toMatchObject({ typ: 'revocations+jwt' });
    expect(refusal(await api.get('/revocations'))).toEqual({ status: 401, error: 'token_missing' });
  });

  it('finds every member of a page in the table', () => {
    const [shown] = codeBlocks(PAGE, 'json').map((text) => JSON.parse(text) as object);
    const members = tableRows(readDocument(PAGE).split('\n### A page\n')[1]!.split('\n### ')[0]!);
    expect(members.map(([name]) => name)).toEqual(['typ', ...Object.keys(shown!)]);
  });
});
