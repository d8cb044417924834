import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../support/api-client.js';
import { DocumentShell } from '../support/document-shell.js';
import { ada, grace } from '../support/people.js';
import { createDatabase, dropDatabase } from '../support/postgres-databases.js';
import { newServiceFolder } from '../support/service-folder.js';
import { ServiceProcess } from '../support/service-process.js';
import { ageKeysIn, currentKeyIn } from '../support/signing-key.js';
import { storesOf } from '../support/stores.js';
import { headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const DOCUMENT = 'docs/operations.md';
const blocks = {
  backUp: '(umask 077 && pg_dump',
  restore: 'pg_restore --exit-on-error',
  retireAll: 'npm run -s gatehouse -- key rotate --force',
  verify: 'npm run -s gatehouse -- audit verify',
  rotate: 'npm run -s gatehouse -- key rotate',
};
const invalid = { status: 401, error: 'token_invalid' };
/** Every command is a process that starts. */
const WITHIN_MS = 180_000;

describe('what docs/operations.md has one do on PostgreSQL', () => {
  let folder: string;
  let shell: DocumentShell;
  let services: ServiceProcess[];

  const start = async () => {
    const service = await ServiceProcess.start(folder, shell.variables);
    services.push(service);
    return service.api;
  };
  const stopAll = () => Promise.all(services.splice(0).map((service) => service.stop()));
  const run = (beginning: string) => shell.succeed(DOCUMENT, beginning);

  beforeEach(async () => {
    folder = newServiceFolder();
    services = [];
    shell = new DocumentShell(folder, { ...(await storesOf(folder)) });
  });
  afterEach(async () => {
    await stopAll();
    rmSync(folder, { recursive: true });
  });

  it(
    'brings back a token that a logout has ended since the dump, until every key is retired',
    async () => {
      let api = await start();
      const { access_token, refresh_token } = await api.signUp(ada);
      await run(blocks.backUp);
      expect(statSync(join(folder, 'gatehouse.dump')).mode & 0o777).toBe(0o600);
      await api.post('/logout', undefined, access_token).expect(204);
      await api.register(grace).expect(201);
      await api.get('/protected', access_token).expect(401);
      await stopAll();

      const empty = await createDatabase(shell.variables['DATABASE_URL']!);
      shell.variables['DATABASE_URL'] = empty;
      await run(blocks.restore);
      api = await start();
      await api.get('/protected', access_token).expect(200);
      await stopAll();

      await run(blocks.retireAll);
      expect(await run(blocks.verify)).toMatch(/^\d+ event\(s\) hold/);
      api = await start();
      expect(refusal(await api.get('/protected', access_token))).toEqual(invalid);
      expect(refusal(await api.refresh(refresh_token))).toEqual(invalid);
      await api.signIn(ada);
      expect((await api.login(grace)).status).toBe(401);
      await stopAll();
      await dropDatabase(empty);
    },
    WITHIN_MS,
  );

  it(
    'rotates the keys of two instances at once, neither of which refuses a token of the other meanwhile',
    async () => {
      const first = await start();
      const other = await start();
      const { access_token } = await first.signUp(ada);
      const former = headerOf(access_token).kid;
      ageKeysIn(join(folder, 'data'));
      expect(await run(`${blocks.rotate}\n`)).toContain('"stage":"previous"');
      const next = currentKeyIn(join(folder, 'data')).kid;
      const signers = new Set<unknown>();
      await until(async () => {
        const pairs = await Promise.all([first, other].map((api) => api.signIn(ada)));
        for (const pair of pairs)
          for (const api of [first, other]) await api.get('/protected', pair.access_token).expect(200);
        const kids = pairs.map((pair) => headerOf(pair.access_token).kid);
        for (const kid of kids) signers.add(kid);
        return kids.every((kid) => kid === next);
      });
      expect([former, next]).toEqual(expect.arrayContaining([...signers]));
      for (const api of [first, other]) await api.get('/protected', access_token).expect(200);
    },
    WITHIN_MS,
  );
});
