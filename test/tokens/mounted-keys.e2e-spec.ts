import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StoredKey } from '../../src/tokens/key-ring.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { ada } from '../support/people.js';
import { runCommand } from '../support/service-process.js';
import { newFolder, TestApp } from '../support/test-app.js';
import { headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

/** A folder as the kubelet mounts a Secret: the file leads to a version, and all of it is swapped by one rename. */
class MountedSecret {
  private version = 0;

  constructor(readonly folder: string) {
    symlinkSync('..data/keys.json', join(folder, 'keys.json'));
  }

  put(keys: string): void {
    const version = `..version-${String(++this.version)}`;
    mkdirSync(join(this.folder, version));
    writeFileSync(join(this.folder, version, 'keys.json'), keys);
    symlinkSync(version, join(this.folder, '..data_tmp'));
    renameSync(join(this.folder, '..data_tmp'), join(this.folder, '..data'));
    if (this.version > 1)
      rmSync(join(this.folder, `..version-${String(this.version - 1)}`), { recursive: true });
  }
}

describe('signing keys in a mounted Secret', () => {
  let operator: string;

  /** Makes and changes the keys where they can be written, as an operator does. @returns the whole file */
  const keysAfter = async (...command: string[]): Promise<string> => {
    const { code, stderr } = await runCommand(operator, ['key', ...command], '', {
      DATABASE_URL: 'sqlite::memory:',
      JWT_KEYS_FILE: 'keys.json',
    });
    expect([code, stderr]).toEqual([0, '']);
    return readFileSync(join(operator, 'keys.json'), 'utf8');
  };
  const signerIn = (keys: string) =>
    (JSON.parse(keys) as { keys: StoredKey[] }).keys.find(({ stage }) => stage === 'current')?.kid;
  const signerOf = ({ access_token }: TokenPair) => headerOf(access_token).kid;

  beforeEach(() => {
    operator = newFolder();
  });
  afterEach(() => {
    rmSync(operator, { recursive: true });
  });

  it('are read, and followed when they are swapped, without a write beside them', async () => {
    const secret = new MountedSecret(newFolder());
    const keys = await keysAfter('list');
    secret.put(keys);
    const there = readdirSync(secret.folder);

    const service = await TestApp.start({ settings: { JWT_KEYS_FILE: join(secret.folder, 'keys.json') } });
    const before = await service.api.signUp(ada);
    expect(signerOf(before)).toBe(signerIn(keys));
    expect(readdirSync(secret.folder)).toEqual(there);

    const rotated = await keysAfter('rotate', '--force');
    expect(signerIn(rotated)).not.toBe(signerIn(keys));
    secret.put(rotated);
    await until(() => service.log.includes('Took up the signing keys'));
    const after = await service.api.signIn(ada);
    expect(signerOf(after)).toBe(signerIn(rotated));
    for (const { access_token } of [before, after])
      await service.api.get('/protected', access_token).expect(200);
    await service.api.renew(before.refresh_token);

    await service.stop();
    rmSync(secret.folder, { recursive: true });
  });
});
