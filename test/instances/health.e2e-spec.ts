import { rmSync } from 'node:fs';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';

const stores = { denylist: 'database', mail_queue: 'database', hash_queue: 'process' };

describe('/health/ready', () => {
  let folder: string;
  let apps: TestApp[];
  const start = async (settings: Record<string, string> = {}) => {
    const app = await TestApp.start({ folder, settings: { REDIS_URL: '', ...settings } });
    apps.push(app);
    return app;
  };
  const ready = async (app: TestApp) => (await app.api.get('/health/ready').expect(200)).body as object;

  beforeEach(() => {
    folder = newFolder();
    apps = [];
  });
  afterEach(async () => {
    for (const app of apps) await app.stopAndKeep();
    rmSync(folder, { recursive: true });
  });

  it('says where one instance keeps what it would have to share', async () => {
    expect(await ready(await start())).toMatchObject({
      status: 'ok',
      instances: 1,
      stores: { ...stores, limits: 'process' },
    });
  });

  it('is degraded, and says why, while two instances count attempts each for itself', async () => {
    const one = await start();
    const other = await start();
    for (const each of [one, other]) {
      expect(await ready(each)).toMatchObject({
        status: 'degraded',
        reasons: [expect.stringContaining('REDIS_URL')],
        instances: 2,
      });
    }
    await apps.pop()?.stopAndKeep();
    expect(await ready(one)).toMatchObject({ status: 'ok', instances: 1 });
  });

  it('is degraded while instances sign with keys that the other does not know', async () => {
    const one = await start();
    await start({ JWT_KEYS_FILE: `${folder}/other-keys.json` });
    expect(await ready(one)).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringContaining('REDIS_URL'), expect.stringContaining('JWT_KEYS_FILE')],
    });
  });
});
