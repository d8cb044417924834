import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DocumentShell } from '../support/document-shell.js';
import { LoadClient } from '../support/load-client.js';
import { lookInto } from '../support/look-into.js';
import { ada } from '../support/people.js';
import { newServiceFolder } from '../support/service-folder.js';
import { rounds } from '../support/rounds.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { storesOf } from '../support/stores.js';
import { newFolder } from '../support/new-folder.js';
import { until } from '../support/until.js';

const DOCUMENT = 'docs/audit.md';
const written = 'npm run -s gatehouse -- audit verify';
const writtenWithAnchor = 'npm run -s gatehouse -- audit verify --anchor 5:8f3c…';

describe('gatehouse audit verify', () => {
  let folder: string;
  const verify = (...args: string[]) => runCommand(folder, ['audit', 'verify', ...args]);
  const inDatabase = (...statements: string[]) =>
    lookInto(folder, async (query) => {
      for (const statement of statements) await query(statement);
    });

  beforeEach(async () => {
    folder = newServiceFolder();
    const service = await ServiceProcess.start(folder);
    await service.api.register(ada).expect(201);
    for (let n = 0; n < 4; n++) await service.api.signIn(ada);
    await service.stop();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('says how many events hold, and takes what it has printed as an anchor later', async () => {
    const shell = new DocumentShell(folder, await storesOf(folder));
    const held = await shell.run(DOCUMENT, `${written}\n`);
    expect(held).toMatchObject({ code: 0, stderr: '' });
    expect(held.stdout).toMatch(
      /^5 event\(s\) hold; of 0 the personal data were erased\.\n--anchor 5:[0-9a-f]{64}\n$/,
    );
    const [anchor = ''] = /\d+:[0-9a-f]{64}/.exec(held.stdout) ?? [];
    expect(await shell.run(DOCUMENT, writtenWithAnchor, [['5:8f3c…', anchor]])).toEqual(held);
    expect(await verify('--anchor', `5:${'0'.repeat(64)}`)).toMatchObject({ code: 1, stdout: '' });
    expect(await verify('--anchor', 'nonsense')).toMatchObject({ code: 1, stdout: '' });
  });

  it.each<[string, string[], RegExp]>([
    [
      'altered',
      ['UPDATE audit_events SET user_id = NULL WHERE seq = 3'],
      /^Event 3 \([0-9a-f-]{36}\) was altered, or does not belong after the one before it\.\n$/,
    ],
    ['deleted in the middle', ['DELETE FROM audit_events WHERE seq = 3'], /^Event 3 is missing\.\n$/],
    ['deleted at the end', ['DELETE FROM audit_events WHERE seq > 3'], /^Event 4 is missing\.\n$/],
    [
      'swapped',
      [
        'UPDATE audit_events SET seq = 99 WHERE seq = 3',
        'UPDATE audit_events SET seq = 3 WHERE seq = 4',
        'UPDATE audit_events SET seq = 4 WHERE seq = 99',
      ],
      /^Event 3 \([0-9a-f-]{36}\) was altered/,
    ],
  ])('names the first event that was %s, and exits with 1', async (_, statements, words) => {
    await inDatabase(...statements);
    const found = await verify();
    expect(found).toMatchObject({ code: 1, stdout: '' });
    expect(found.stderr).toMatch(words);
  });
});

describe('a service that is killed amid writes', () => {
  const KILLS = rounds(3);
  const CLIENTS = 4;

  it('leaves a chain that holds, each time', async () => {
    const folder = newFolder();
    let service = await ServiceProcess.start(folder);
    const clients = Array.from({ length: CLIENTS }, (_, n) => new LoadClient(`client-${String(n)}`));
    const steps = () => clients.reduce((sum, { counts }) => sum + counts.steps, 0);
    await Promise.all(clients.map((client) => client.signUp(service.api)));
    let events = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { api } = service;
      const load = Promise.all(clients.map((client) => client.workUntilLost(api)));
      const enough = steps() + 10 + Math.random() * 30;
      await until(() => steps() >= enough);
      // Also while the service is writing: the command takes its turn, and then waits for nobody.
      if (kill === 0) expect(await runCommand(folder, ['audit', 'verify'])).toMatchObject({ code: 0 });
      await sleep(Math.random() * 10);
      await service.kill();
      await load;
      const verified = await runCommand(folder, ['audit', 'verify']);
      expect(verified).toMatchObject({ code: 0, stderr: '' });
      const found = Number(/^\d+/.exec(verified.stdout)?.[0]);
      expect(found).toBeGreaterThan(events);
      events = found;
      service = await ServiceProcess.start(folder);
    }
    expect(await service.stop()).toBe(0);
    rmSync(folder, { recursive: true });
  });
});
