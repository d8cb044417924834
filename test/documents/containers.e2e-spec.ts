import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseVariables } from 'dotenv';
import { parse, parseAllDocuments } from 'yaml';
import { finish, startProcess, type Variables } from '../support/child-process.js';
import { startBash } from '../support/document-shell.js';
import { blocksOf, readDocument } from '../support/documents.js';
import { ada } from '../support/people.js';
import { newServiceFolder } from '../support/service-folder.js';
import { ServiceProcess } from '../support/service-process.js';
import { ageKeysIn, currentKeyIn } from '../support/signing-key.js';
import { headerOf } from '../support/tokens.js';

const DOCUMENT = 'docs/operations.md';
const WITHIN_MS = 120_000;

/** Nothing here starts a container: what the commands hand to one is run, and what they name is looked up. */
const commands = blocksOf(DOCUMENT)
  .map(({ text }) => text)
  .filter((text) => /\b(docker|kubectl) [a-z]/.test(text));
const allCommands = commands.join('\n');
const commandsWith = (part: string) => commands.find((text) => text.includes(part))!;
/** The script that a command has a container run. */
const scriptIn = (text: string) => /sh -c '([^']+)'/.exec(text)![1]!;

const bash = (folder: string, script: string) => finish(startBash(folder, script));
const silent = { code: 0, stdout: '', stderr: '' };
const namesIn = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
];

describe('the commands for containers in docs/operations.md', () => {
  let folder: string;
  beforeEach(() => {
    folder = newServiceFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('are as many as there are ways to run it, and the shell can read them', async () => {
    expect(commands).toHaveLength(4);
    for (const text of commands) expect(await bash(folder, `set -n\n${text}`)).toEqual(silent);
  });

  it('name the image that is built, and in it what the Dockerfile has', () => {
    const { version } = JSON.parse(readDocument('package.json')) as { version: string };
    const dockerfile = readDocument('Dockerfile');
    expect(namesIn(allCommands, /gatehouse:(\d[\w.]*)/g)).toEqual([version]);
    expect(readDocument('compose.yaml')).toContain(`gatehouse:\${GATEHOUSE_VERSION:-${version}}`);
    expect(namesIn(allCommands, /-v \w+:(\S+)/g)).toEqual(namesIn(dockerfile, /^VOLUME (\S+)$/gm));
    expect(namesIn(allCommands, /-p [\d.]+:\d+:(\d+)/g)).toEqual(namesIn(dockerfile, /^EXPOSE (\d+)$/gm));
    expect(namesIn(allCommands, /docker exec (\S+)/g)).toEqual(namesIn(allCommands, /--name (\S+)/g));
  });

  it('name services of compose.yaml', () => {
    const { services } = parse(readDocument('compose.yaml')) as { services: object };
    const page = readDocument(DOCUMENT);
    const named = [
      ...namesIn(page, /docker compose exec (\S+)/g),
      ...namesIn(page, /docker compose up [^`\n]*--wait (\S+?)`/g),
    ];
    expect(named.length).toBeGreaterThan(2);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(named));
  });

  it('name the secrets, the deployment and the file of the manifest', () => {
    const [manifest] = namesIn(allCommands, /kubectl apply -f (\S+)/g);
    const text = readDocument(manifest!);
    const secrets = [
      ...namesIn(text, /secretRef: \{ name: (\S+) \}/g),
      ...namesIn(text, /secretName: ([\w-]+)/g),
    ];
    expect(namesIn(allCommands, /kubectl create secret generic (\S+)/g).sort()).toEqual(secrets.sort());
    const deployment = parseAllDocuments(text)
      .map((each) => each.toJS() as { kind: string; metadata: { name: string } })
      .find(({ kind }) => kind === 'Deployment');
    expect(namesIn(allCommands, /exec deploy\/(\S+)/g)).toEqual([deployment?.metadata.name]);
    // The file of a Secret is called as the one that it was made from.
    expect(text).toMatch(
      new RegExp(`JWT_KEYS_FILE: \\S+/${namesIn(allCommands, /--from-file=(\S+)/g).join()}$`, 'm'),
    );
  });

  it('write all that compose.yaml has no default for, secrets that nobody has, for their owner alone', async () => {
    const [writing = ''] = commandsWith('compose up -d --build').split(/^docker/m);
    const written = async () => {
      expect(await bash(folder, writing)).toEqual(silent);
      return parseVariables(readFileSync(join(folder, '.env')));
    };
    const variables = await written();
    expect(Object.keys(variables).sort()).toEqual(
      namesIn(readDocument('compose.yaml'), /\$\{([A-Z_]+):\?/g).sort(),
    );
    expect(variables).toMatchObject({
      POSTGRES_PASSWORD: expect.stringMatching(/^[0-9a-f]{48}$/),
      REDIS_PASSWORD: expect.stringMatching(/^[0-9a-f]{48}$/),
    });
    expect((await written())['POSTGRES_PASSWORD']).not.toBe(variables['POSTGRES_PASSWORD']);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  });

  it(
    'have the image make keys, and rotate those of a Secret on a copy, so that no token is refused',
    async () => {
      const mounted = join(folder, 'mounted');
      const memory = join(folder, 'memory');
      for (const each of [mounted, memory]) mkdirSync(each);
      const keysOf = async (command: string, given: Variables = {}) => {
        const text = command.replaceAll('/tmp/', `${memory}/`);
        const settings = { ...given };
        for (const [, name = '', value = ''] of text.matchAll(/-e (\w+)=(\S+)/g)) settings[name] = value;
        const { code, stdout } = await finish(startProcess('sh', ['-c', scriptIn(text)], folder, settings));
        expect(code).toBe(0);
        return stdout;
      };
      const made = await keysOf(commandsWith('docker run --rm'));
      writeFileSync(join(mounted, 'keys.json'), made);
      rmSync(join(memory, 'keys.json'));
      ageKeysIn(mounted);
      const JWT_KEYS_FILE = join(mounted, 'keys.json');
      const before = readFileSync(JWT_KEYS_FILE, 'utf8');
      let service = await ServiceProcess.start(folder, { JWT_KEYS_FILE });
      const { access_token } = await service.api.signUp(ada);

      const rotated = await keysOf(commandsWith('kubectl exec'), { JWT_KEYS_FILE });
      expect(readFileSync(JWT_KEYS_FILE, 'utf8')).toBe(before);
      expect([readdirSync(mounted), readdirSync(memory)]).toEqual([['keys.json'], []]);
      await service.stop();
      writeFileSync(JWT_KEYS_FILE, rotated);
      service = await ServiceProcess.start(folder, { JWT_KEYS_FILE });
      await service.api.get('/protected', access_token).expect(200);
      const next = headerOf((await service.api.signIn(ada)).access_token).kid;
      expect(next).toBe(currentKeyIn(mounted).kid);
      expect(next).not.toBe(headerOf(access_token).kid);
      await service.stop();
    },
    WITHIN_MS,
  );
});
