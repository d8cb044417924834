import { SettingsError } from '../config/settings-error.js';
import { settingsWithin } from './settings-within.js';

describe('the settings within an application', () => {
  const within = (own: Record<string, string>, variables: Record<string, string> = {}) =>
    settingsWithin({ path: 'auth', ...own }, variables, 'no file');

  it('go before the environment, where an empty one takes away what is about the application', () => {
    const environment = {
      JWT_SECRET: 'of the application',
      DATABASE_URL: 'mysql://root@localhost/x',
      LOG_LEVEL: 'verbose',
    };
    const { jwtSecret, database, logLevel } = within(
      { JWT_SECRET: '', DATABASE_URL: 'sqlite::memory:', LOG_LEVEL: '' },
      environment,
    );
    expect({ jwtSecret, database, logLevel }).toEqual({
      jwtSecret: undefined,
      database: { kind: 'sqlite', path: ':memory:' },
      logLevel: 'info',
    });
  });

  it('leave out what is about a server, which the application has', () => {
    const { shutdownDelay } = within(
      {},
      { HOST: 'https://shop.example', PORT: '/run/shop', SHUTDOWN_DELAY: '10s' },
    );
    expect(shutdownDelay).toBe(0);
    expect(() => within({}, { SHUTDOWN_DELAY: 'soon' })).not.toThrow();
    expect(within({}, { JWT_ISSUER: 'shop', PORT: '8080' }).publicUrl).toBe('http://127.0.0.1:8080/auth');
  });

  it('say where they are corrected', () => {
    const wrong = () => within({ path: 'a b' }, { DATABASE_URL: 'mysql://root@localhost/x' });
    expect(wrong).toThrow(SettingsError);
    expect(wrong).toThrow(/^ {2}path must be a path such as api or auth\/v1$/m);
    expect(wrong).toThrow(/^ {2}DATABASE_URL [^]*in the options of GatehouseModule/m);
    expect(wrong).not.toThrow('.env.example');
  });
});
