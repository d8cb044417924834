import { randomBytes } from 'node:crypto';
import { PLACEHOLDER_SECRET } from './environment.js';
import { SettingsError } from './settings-error.js';
import { loadSettings, readSettings } from './settings.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function faultsOf(variables: Record<string, string>): SettingsError {
  try {
    readSettings(variables);
  } catch (error) {
    if (error instanceof SettingsError) return error;
  }
  throw new Error('the settings were accepted');
}

const namesOf = (variables: Record<string, string>) => faultsOf(variables).faults.map(({ name }) => name);
const goodSecret = 'k7Q2mVx9pLz4RtYw8NcB5hJd3FgS6aEu';

describe('the settings', () => {
  it('need nothing set', () => {
    expect(readSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      database: { kind: 'sqlite', path: './data/gatehouse.sqlite' },
      jwtAlgorithm: 'ES256',
      accessTokenTtl: 900,
      refreshTokenTtl: 2_592_000,
      accessTokenClaims: ['username', 'roles'],
      denylistTokenChecks: ['access', 'refresh'],
      throttleLogin: [{ limit: 5, seconds: 60 }],
      trustProxy: [],
    });
  });

  it('name every fault at once, each with its rule', () => {
    const error = faultsOf({
      PORT: '99999',
      DATABASE_URL: 'mysql://root@localhost/x',
      JWT_ALGORITHM: 'none',
      ACCESS_TOKEN_TTL: '0',
      ACCESS_TOKEN_CLAIMS: 'username,password_hash',
      THROTTLE_LOGIN: 'often',
      TRUST_PROXY: 'everybody',
      LOG_LEVEL: 'loud',
      API_PREFIX: 'a b',
      ACCOUNT_PAGE: 'maybe',
    });
    expect(error.faults.map(({ name }) => name).sort()).toEqual([
      'ACCESS_TOKEN_CLAIMS',
      'ACCESS_TOKEN_TTL',
      'ACCOUNT_PAGE',
      'API_PREFIX',
      'DATABASE_URL',
      'JWT_ALGORITHM',
      'LOG_LEVEL',
      'PORT',
      'THROTTLE_LOGIN',
      'TRUST_PROXY',
    ]);
    expect(error.message).toContain('PORT must be a whole number from 0 to 65535');
  });

  it('never repeat a value, which may be a secret', () => {
    const secrets = {
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      REDIS_URL: 'redis://:hunter2@cache/x',
      JWT_ALGORITHM: 'HS256',
      JWT_SECRET: 'hunter2-short',
    };
    const { message, faults } = faultsOf(secrets);
    expect(faults).toHaveLength(3);
    for (const value of ['hunter2', 'mysql', 'cache']) expect(message).not.toContain(value);
  });

  it('take several tokens for the feed of revocations, each long enough and without blanks', () => {
    const [one, other] = ['a-token-of-a-service', 'another-one-of-them'];
    const { revocationsTokens } = readSettings({ REVOCATIONS_TOKEN: `${one}, ${other}` });
    expect(revocationsTokens).toEqual([one, other]);
    expect(readSettings({}).revocationsTokens).toEqual([]);
    for (const list of ['short', `${one},short`, `${one} ${other}`, ','])
      expect(namesOf({ REVOCATIONS_TOKEN: list })).toEqual(['REVOCATIONS_TOKEN']);
  });

  it('want a secret of 32 bytes with HS256', () => {
    expect(namesOf({ JWT_ALGORITHM: 'HS256' })).toEqual(['JWT_SECRET']);
    expect(namesOf({ JWT_ALGORITHM: 'HS256', JWT_SECRET: 'x'.repeat(31) })).toEqual(['JWT_SECRET']);
    expect(readSettings({ JWT_ALGORITHM: 'HS256', JWT_SECRET: goodSecret }).jwtSecret).toBe(goodSecret);
  });

  it.each(['development', 'test', 'production'])(
    'refuse the secret of the example file in %s',
    (NODE_ENV) => {
      const example = { JWT_ALGORITHM: 'HS256', JWT_SECRET: PLACEHOLDER_SECRET };
      expect(namesOf({ ...example, NODE_ENV })).toEqual(['JWT_SECRET']);
    },
  );

  it.each(['a'.repeat(64), 'ab'.repeat(32), '12345678'.repeat(4), 'password'.repeat(4), ' '.repeat(40)])(
    'refuse the secret %j, which repeats itself',
    (JWT_SECRET) => {
      expect(namesOf({ JWT_ALGORITHM: 'HS256', JWT_SECRET })).toEqual(['JWT_SECRET']);
    },
  );

  it('take any secret of 32 random bytes, however it is written', () => {
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      const JWT_SECRET = randomBytes(32).toString(encoding);
      expect(readSettings({ JWT_ALGORITHM: 'HS256', JWT_SECRET }).jwtSecret).toBe(JWT_SECRET);
    }
  });

  it('want an audience that is not the issuer: a refresh token would pass for an access token elsewhere', () => {
    const same = { JWT_ISSUER: 'https://id.example.org', JWT_AUDIENCE: 'https://id.example.org' };
    expect(namesOf(same)).toEqual(['JWT_AUDIENCE']);
    expect(namesOf({ JWT_AUDIENCE: 'http://localhost:3000' })).toEqual(['JWT_AUDIENCE']);
  });

  it('refuse a secret that no algorithm would use, rather than ignore it', () => {
    expect(namesOf({ JWT_SECRET: goodSecret })).toEqual(['JWT_SECRET']);
  });

  it('begin links where the service says it is, unless told otherwise', () => {
    expect(readSettings({}).publicUrl).toBe('http://localhost:3000');
    expect(readSettings({ PORT: '8080' }).publicUrl).toBe('http://127.0.0.1:8080');
    expect(readSettings({ JWT_ISSUER: 'https://example.org/', API_PREFIX: 'auth' }).publicUrl).toBe(
      'https://example.org/auth',
    );
    expect(readSettings({ JWT_ISSUER: 'issuer', PORT: '8080' }).publicUrl).toBe('http://127.0.0.1:8080');
    expect(readSettings({ PUBLIC_URL: 'https://id.example.org/' }).publicUrl).toBe('https://id.example.org');
  });

  it('want a mail server and a sender that can be one', () => {
    const wrong = { SMTP_URL: 'mail.example.org', MAIL_FROM: 'nobody', PUBLIC_URL: 'https://example.org/?a' };
    expect(namesOf(wrong)).toEqual(['SMTP_URL', 'MAIL_FROM', 'PUBLIC_URL']);
    const { mail } = readSettings({
      SMTP_URL: 'smtps://u:p@mail.example.org',
      PUBLIC_URL: 'https://example.org',
    });
    expect(mail.from).toBe('Gatehouse <no-reply@example.org>');
  });

  it.each(['redis://localhost', 'rediss://:secret@redis.example:6380/2', 'redis://[::1]:6379/'])(
    'take the Redis %j',
    (url) => {
      expect(readSettings({ REDIS_URL: url }).redisUrl).toBe(url);
    },
  );

  it.each([
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://localhost:99999',
    'redis://localhost/cache',
    'redis://localhost?enableOfflineQueue=true',
    'redis://:secret@/0',
  ])('refuse the Redis %j', (url) => {
    expect(namesOf({ REDIS_URL: url })).toEqual(['REDIS_URL']);
  });

  it('take an empty value for one that is not set, but an empty list for a list', () => {
    expect(readSettings({ PORT: '', API_PREFIX: ' ', TRUST_PROXY: '' }).port).toBe(3000);
    expect(readSettings({ ACCESS_TOKEN_CLAIMS: '', DENYLIST_TOKEN_CHECKS: '' })).toMatchObject({
      accessTokenClaims: [],
      denylistTokenChecks: [],
    });
  });

  it.each(['10.0.0.7', '10.0.0.0/8, 192.168.1.1', 'loopback', '::1', 'fd00::/8'])(
    'take the proxies %j',
    (list) => {
      expect(readSettings({ TRUST_PROXY: list }).trustProxy.length).toBeGreaterThan(0);
    },
  );

  it.each(['true', '*', '10.0.0.0/33', 'proxy.example', '10.0.0.0/8/8'])('refuse the proxies %j', (list) => {
    expect(namesOf({ TRUST_PROXY: list })).toEqual(['TRUST_PROXY']);
  });

  it('take exact origins', () => {
    const { corsOrigins } = readSettings({ CORS_ORIGINS: 'https://app.example.org, http://localhost:5173' });
    expect(corsOrigins).toEqual(['https://app.example.org', 'http://localhost:5173']);
    expect(readSettings({}).corsOrigins).toEqual([]);
  });

  it.each([
    '*',
    'null',
    'https://app.example.org/',
    'https://*.example.org',
    'https://APP.example.org',
    'app.example.org',
    'file:///',
    'https://app.example.org:443',
    'https://app.example.org,*',
    ',',
  ])('refuse the origins %j', (list) => {
    expect(namesOf({ CORS_ORIGINS: list })).toEqual(['CORS_ORIGINS']);
  });

  it('cannot be changed once they are read', () => {
    const settings = readSettings({}) as { port: number };
    expect(() => {
      settings.port = 1;
    }).toThrow(TypeError);
  });

  it('come from .env where the environment leaves them out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    const file = join(folder, '.env');
    writeFileSync(file, 'PORT=4000\nJWT_ISSUER="https://auth.example"\n');
    expect(loadSettings({ PORT: '5000' }, file)).toMatchObject({
      port: 5000,
      issuer: 'https://auth.example',
    });
    rmSync(folder, { recursive: true });
  });
});
