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
import { KeyRotationService } from '../../src/tokens/key-rotation.service.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { ada } from '../support/people.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';
import { watchFilesOften } from '../support/watch-files-often.js';

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
  watchFilesOften();

  /** A service that can write its keys. The operator makes and changes the keys with it. */
  let operator: TestApp;

  const madeKeys = () => readFileSync(join(operator.folder, 'keys.json'), 'utf8');
  const signerIn = (keys: string) =>
    (JSON.parse(keys) as { keys: StoredKey[] }).keys.find(({ stage }) => stage === 'current')?.kid;
  const signerOf = ({ access_token }: TokenPair) => headerOf(access_token).kid;

  beforeEach(async () => {
    operator = await TestApp.start();
  });
  afterEach(() => operator.stop());

  it('are read, and followed when they are swapped, without a write beside them', async () => {
    const secret = new MountedSecret(newFolder());
    const keys = madeKeys();
    secret.put(keys);
    const there = readdirSync(secret.folder);

    const service = await TestApp.start({ settings: { JWT_KEYS_FILE: join(secret.folder, 'keys.json') } });
    const before = await service.api.signUp(ada);
    expect(signerOf(before)).toBe(signerIn(keys));
    expect(readdirSync(secret.folder)).toEqual(there);

    await operator.app.get(KeyRotationService).rotate({ force: true });
    const rotated = madeKeys();
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
