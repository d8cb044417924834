import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from './settings.js';
import { SettingsError } from './settings-error.js';

const secret = 'x8Jq0vW2rT5yB7nM4kL1pZ6cD9fG3hS0';

describe('a setting that names a file', () => {
  let folder: string;

  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const faultsOf = (variables: Record<string, string>) => {
    try {
      readSettings(variables);
    } catch (error) {
      if (error instanceof SettingsError) return error.faults;
    }
    return [];
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([secret, `${secret}\n`, `${secret}\r\n`])('has the value that stands in it: %j', (text) => {
    const settings = readSettings({ JWT_ALGORITHM: 'HS256', JWT_SECRET_FILE: write('secret', text) });
    expect(settings.jwtSecret).toBe(secret);
  });

  it('can be any of them', () => {
    const settings = readSettings({
      ACCESS_TOKEN_TTL_FILE: write('ttl', '5m\n'),
      JWT_KEYS_FILE_FILE: write('keys', '/run/keys.json\n'),
      PORT_FILE: '',
    });
    expect(settings).toMatchObject({ accessTokenTtl: 300, jwtKeysFile: '/run/keys.json', port: 3000 });
  });

  it('is checked as the value would be, and named with all the other faults', () => {
    const faults = faultsOf({
      JWT_ALGORITHM: 'HS256',
      JWT_SECRET_FILE: write('secret', 'short'),
      SMTP_URL_FILE: join(folder, 'nowhere'),
      PORT: 'many',
    });
    expect(faults.map(({ name }) => name).sort()).toEqual(['JWT_SECRET', 'PORT', 'SMTP_URL_FILE']);
    expect(JSON.stringify(faults)).toContain('ENOENT');
  });

  it('cannot be set beside the value', () => {
    const faults = faultsOf({ PORT: '8080', PORT_FILE: write('port', '8081') });
    expect(faults).toEqual([{ name: 'PORT_FILE', rule: 'cannot be set beside PORT: leave one of them out' }]);
  });
});
