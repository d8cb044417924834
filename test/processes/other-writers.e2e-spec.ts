import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { end, startProcess } from '../support/child-process.js';
import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

const ROUNDS = 40;
const READS_A_ROUND = 20;

describe('a database that another process writes to', () => {
  let service: TestApp;
  let writer: ChildProcess;
  let pair: TokenPair;

  beforeEach(async () => {
    service = await TestApp.start();
    pair = await service.api.signUp(ada);
    const script = resolve('test/support/write-in-turns.mjs');
    writer = startProcess(
      process.execPath,
      [script, join(service.folder, 'gatehouse.sqlite')],
      resolve('.'),
      {},
    );
    await once(writer.stdout!, 'data');
  });
  afterEach(async () => {
    await end(writer, 'SIGKILL');
    await service.stop();
  });

  it('makes the service wait for its turn, and never refuse a write, however much it reads meanwhile', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const reads = Array.from({ length: READS_A_ROUND }, () =>
        service.api.get('/users/me', pair.access_token).expect(200),
      );
      const [next] = await Promise.all([service.api.renew(pair.refresh_token), ...reads]);
      pair = next;
    }
  });
});
