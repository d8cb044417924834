import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../support/api-client.js';
import { DocumentShell, type Replacements } from '../support/document-shell.js';
import { ada, grace } from '../support/people.js';
import { newServiceFolder } from '../support/service-folder.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { ageKeysIn, currentKeyIn } from '../support/signing-key.js';
import { headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const DOCUMENT = 'docs/operations.md';
const blocks = {
  backUp: 'mkdir -p -m 700 backup',
  restore: 'mkdir -m 700 replaced',
  retireAll: 'npm run -s gatehouse -- key rotate --force',
  verify: 'npm run -s gatehouse -- audit verify',
  rotate: 'npm run -s gatehouse -- key rotate',
};
const invalid = { status: 401, error: 'token_invalid' };
const revoked = { status: 401, error: 'token_revoked' };

/** Every command is a process that starts. */
const WITHIN_MS = 180_000;

describe('what docs/operations.md has one do on SQLite', () => {
  let folder: string;
  let service: ServiceProcess;
  let shell: DocumentShell;

  beforeEach(async () => {
    folder = newServiceFolder();
    shell = new DocumentShell(folder, {});
    service = await ServiceProcess.start(folder);
  }, WITHIN_MS);
  afterEach(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const run = (beginning: string, replacements?: Replacements) =>
    shell.succeed(DOCUMENT, beginning, replacements);
  const backups = () => readdirSync(join(folder, 'backup'));
  const restore = () => {
    const [made = ''] = backups();
    return run(blocks.restore, [['2026-09-01.sqlite', made]]);
  };
  const rotate = () => {
    ageKeysIn(join(folder, 'data'));
    return run(`${blocks.rotate}\n`);
  };
  const startAgain = async () => {
    service = await ServiceProcess.start(folder);
  };
  const answerTo = async (token: string) => refusal(await service.api.get('/protected', token));

  it(
    'brings back a token that a logout has ended since the backup, until every key is retired',
    async () => {
      const { access_token, refresh_token } = await service.api.signUp(ada);
      await run(blocks.backUp);
      expect(backups()).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d\.sqlite$/)]);
      for (const each of ['backup', 'backup-of-keys'])
        expect(statSync(join(folder, each)).mode & 0o777).toBe(0o700);
      await service.api.post('/logout', undefined, access_token).expect(204);
      await service.api.register(grace).expect(201);
      expect(await answerTo(access_token)).toEqual(revoked);
      const [anchor = ''] = /\d+:[0-9a-f]{64}/.exec(await run(blocks.verify)) ?? [];
      // What a machine leaves that failed: with the log beside the database, which a stop would have taken in.
      await service.kill();

      await restore();
      expect(readdirSync(join(folder, 'replaced')).sort()).toEqual(
        ['', '-shm', '-wal'].map((ending) => `gatehouse.sqlite${ending}`),
      );
      await startAgain();
      expect(await answerTo(access_token)).toMatchObject({ status: 200 });
      await service.stop();

      await run(blocks.retireAll);
      expect(await run(blocks.verify)).toMatch(/^\d+ event\(s\) hold/);
      expect(await runCommand(folder, ['audit', 'verify', '--anchor', anchor])).toMatchObject({ code: 1 });
      await startAgain();
      expect(await answerTo(access_token)).toEqual(invalid);
      expect(refusal(await service.api.refresh(refresh_token))).toEqual(invalid);
      await service.api.signIn(ada);
      expect((await service.api.login(grace)).status).toBe(401);
    },
    WITHIN_MS,
  );

  it(
    'voids every token where the keys came from the backup too, once its lines were run twice',
    async () => {
      const { access_token: before } = await service.api.signUp(ada);
      await run(blocks.backUp);
      await rotate();
      const { access_token: since } = await signedByAnother(before);
      await service.kill();
      await restore();
      cpSync(join(folder, 'backup-of-keys/keys.json'), join(folder, 'data/keys.json'));

      await run(blocks.retireAll);
      expect(currentKeyIn(join(folder, 'data')).kid).toBe(headerOf(since).kid);
      await run(blocks.retireAll);
      await startAgain();
      for (const token of [before, since]) expect(await answerTo(token)).toEqual(invalid);
      await service.api.signIn(ada);
    },
    WITHIN_MS,
  );

  it(
    'rotates the keys under a running service, which takes them up and refuses nobody',
    async () => {
      const first = await service.api.signUp(ada);
      const rotated = new AbortController();
      const statuses = statusesUntil(rotated.signal, first.access_token);
      const listed = await rotate();
      const second = await signedByAnother(first.access_token);
      rotated.abort();
      expect([...(await statuses)]).toEqual([200]);
      expect(await answerTo(second.access_token)).toMatchObject({ status: 200 });
      await service.api.renew(first.refresh_token);

      const stages = [...listed.matchAll(/^\{.*"kid":"([^"]+)".*"stage":"(\w+)".*\}$/gm)];
      expect(stages.map(([, kid, stage]) => [stage, kid])).toEqual([
        ['current', headerOf(second.access_token).kid],
        ['next', expect.any(String)],
        ['previous', headerOf(first.access_token).kid],
      ]);
    },
    WITHIN_MS,
  );

  /** What a token is answered with, asked again and again. */
  async function statusesUntil(enough: AbortSignal, token: string): Promise<Set<number>> {
    const statuses = new Set<number>();
    while (!enough.aborted) statuses.add((await answerTo(token)).status);
    return statuses;
  }

  /** Signs in until the service has taken the other key up. */
  async function signedByAnother(token: string) {
    let pair = await service.api.signIn(ada);
    await until(async () => {
      pair = await service.api.signIn(ada);
      return headerOf(pair.access_token).kid !== headerOf(token).kid;
    });
    return pair;
  }
});
