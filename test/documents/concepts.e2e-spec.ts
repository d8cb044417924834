import { rmSync } from 'node:fs';
import type { Response } from 'supertest';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { codeBlocks } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { ada } from '../support/people.js';
import { ResourceServerApp } from '../support/resource-server-app.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const REVOCATIONS_TOKEN = 'the-token-of-the-reports-service';

interface Exchange {
  readonly to: string;
  readonly request: string;
  readonly answer: string;
}

/** The requests of the diagram, each with the answer that the next arrow back has. */
function exchangesIn(document: string): Exchange[] {
  const [diagram = ''] = codeBlocks(document, 'mermaid');
  const arrows = [...diagram.matchAll(/^ +(\w)(->>|-->>|--x)(\w): (.+)$/gm)];
  return arrows.flatMap(([, from, arrow, to, request], place) => {
    if (arrow !== '->>') return [];
    const [, answering, , asking, answer] = arrows[place + 1] ?? [];
    expect([answering, asking]).toEqual([to, from]);
    return [{ to: to!, request: request!, answer: answer! }];
  });
}

describe('the diagram of docs/concepts.md', () => {
  let folder: string;
  let service: ServiceProcess;
  let reports: ResourceServerApp;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    folder = newFolder();
    const PORT = String(await freePort());
    const JWT_ISSUER = `http://127.0.0.1:${PORT}`;
    const variables = { PORT, JWT_ISSUER, REVOCATIONS_TOKEN, REFRESH_REUSE_LEEWAY: '0' };
    service = await ServiceProcess.start(folder, variables);
    await service.api.register(ada).expect(201);
    const options = { issuer: JWT_ISSUER, audience: 'gatehouse', revocationsToken: REVOCATIONS_TOKEN };
    reports = await ResourceServerApp.start(options);
  });
  afterAll(async () => {
    await reports.stop();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const ask = ({ to, request }: Exchange): Promise<Response> => {
    const [, method, path, name] = /^(GET|POST) (\/\S+)(?: with (\w+))?$/.exec(request)!;
    const { api } = to === 'R' ? reports : service;
    const token = name === undefined ? undefined : tokens.get(name)!;
    const body = path === '/login' ? { ...ada } : undefined;
    return Promise.resolve(method === 'GET' ? api.get(path!, token) : api.post(path!, body, token));
  };

  /** A name is one token from its first answer on: its `jti` must not change, nor be that of another name. */
  const keep = (names: readonly string[], { access_token, refresh_token }: TokenPair) => {
    for (const token of [access_token, refresh_token]) {
      const name = names[token === access_token ? 0 : 1]!;
      const idOf = (each: string) => claimsOf(each).jti;
      const others = [...tokens].filter(([, each]) => idOf(each) === idOf(token)).map(([each]) => each);
      expect([name, others]).toEqual([name, tokens.has(name) ? [name] : []]);
      tokens.set(name, token);
    }
  };

  it('is what happens', async () => {
    const exchanges = exchangesIn('docs/concepts.md');
    expect(exchanges).toHaveLength(12);
    for (const exchange of exchanges) {
      const [, status, error, names] = /^(\d{3})(?: (\w+))?(?:: (\w+, \w+))?$/.exec(exchange.answer)!;
      // The resource server learns of a logout a moment later.
      if (exchange.to === 'R')
        await until(async () => (await ask(exchange)).status === Number(status)).catch(() => undefined);
      const answer = await ask(exchange);
      const told = (answer.body as { error?: string }).error;
      expect({ ...exchange, status: answer.status, told }).toEqual({
        ...exchange,
        status: Number(status),
        told: error,
      });
      if (names !== undefined) keep(names.split(', '), answer.body as TokenPair);
    }
    expect(tokens.size).toBe(9);
  });
});
