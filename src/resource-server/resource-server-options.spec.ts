import { readOptions, type ResourceServerOptions } from './resource-server-options.js';

const options: ResourceServerOptions = {
  issuer: 'https://auth.example.org',
  audience: 'gatehouse',
  revocationsToken: 'a-token-of-the-feed',
};

describe('the options of a resource server', () => {
  it('need three, and are safe by default', () => {
    const settings = readOptions(options);
    expect(settings).toMatchObject({ onStale: 'refuse', maxStaleness: 30, clockTolerance: 5, freshTtl: 300 });
    expect(settings.jwksUrl.href).toBe('https://auth.example.org/.well-known/jwks.json');
    expect(settings.revocationsUrl.href).toBe('https://auth.example.org/revocations');
    expect(settings.realm).toBe('gatehouse');
  });

  it('take an issuer with a slash at its end, or one that is no address, with the addresses beside it', () => {
    expect(readOptions({ ...options, issuer: 'https://auth.example.org/' }).jwksUrl.href).toBe(
      'https://auth.example.org/.well-known/jwks.json',
    );
    const urls = { jwksUrl: 'http://auth:3000/jwks', revocationsUrl: 'http://auth:3000/api/revocations' };
    expect(readOptions({ ...options, issuer: 'gatehouse', ...urls }).jwksUrl.href).toBe(urls.jwksUrl);
  });

  it('are refused where one is not set at all, as a variable may be: without an audience any would do', () => {
    const urls = { jwksUrl: 'http://auth:3000/jwks', revocationsUrl: 'http://auth:3000/revocations' };
    for (const name of ['issuer', 'audience', 'revocationsToken']) {
      const unset = { ...options, ...urls, realm: 'reports', [name]: undefined };
      expect(() => readOptions(unset)).toThrow(
        new TypeError(`ResourceServerModule cannot use these options: ${name}`),
      );
    }
  });

  it('are refused where an address holds a name or a password', () => {
    for (const jwksUrl of ['http://auth@host/jwks', 'http://:secret@host/jwks'])
      expect(() => readOptions({ ...options, jwksUrl })).toThrow(
        new TypeError('ResourceServerModule cannot use these options: jwksUrl'),
      );
  });

  it('are refused at once, each by its name and none with its value', () => {
    const wrong = {
      issuer: 'gatehouse',
      audience: '',
      revocationsToken: 'a secret with blanks',
      onStale: 'ignore' as 'accept',
      maxStaleness: 9,
      clockTolerance: 61,
      freshTtl: NaN,
    };
    expect(() => readOptions(wrong)).toThrow(
      new TypeError(
        'ResourceServerModule cannot use these options: audience, revocationsToken, jwksUrl, revocationsUrl, onStale, maxStaleness, clockTolerance, freshTtl, realm',
      ),
    );
  });
});
