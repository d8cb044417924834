import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { refusal } from '../support/api-client.js';
import { ada } from '../support/people.js';
import { TokenPlaces } from '../support/token-places.js';

const invalid = { status: 401, error: 'token_invalid' };
const missing = { status: 401, error: 'token_missing' };
const accepted = { status: 200, error: undefined };

describe('a good token', () => {
  let places: TokenPlaces;
  let access: string;
  let refresh: string;

  const ask = (authorization: string, path = '/protected') =>
    places.service.api.get(path).set('Authorization', authorization);

  /** Sends header fields as they are, also one twice. */
  const askRaw = async (...fields: string[]) => {
    const headers = ['Host', 'localhost', ...fields];
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${places.service.url}/protected`, { headers, agent: false }, resolve)
        .on('error', reject)
        .end();
    });
    const body = JSON.parse(await text(answer)) as { error?: string };
    return { status: answer.statusCode, error: body.error };
  };

  beforeAll(async () => {
    places = await TokenPlaces.start();
    ({ access_token: access, refresh_token: refresh } = places.pair);
  });
  afterAll(() => places.stop());

  it('is accepted in the Authorization header, so that the refusals below mean something', async () => {
    expect(refusal(await ask(`Bearer ${access}`))).toEqual(accepted);
    expect(await askRaw('Authorization', `Bearer ${access}`)).toEqual(accepted);
  });

  it.each(['bearer', 'BEARER', 'bEaReR'])(
    'is accepted with the scheme spelled %s (RFC 9110 §11.1)',
    async (scheme) => {
      expect(refusal(await ask(`${scheme} ${access}`))).toEqual(accepted);
    },
  );

  it('is accepted after several spaces, and with spaces and tabs around it all', async () => {
    expect(refusal(await ask(`Bearer    ${access}`))).toEqual(accepted);
    expect(refusal(await ask(` \t Bearer ${access} \t `))).toEqual(accepted);
  });

  it.each<[string, (token: string) => string]>([
    ['the scheme alone', () => 'Bearer'],
    ['the scheme and a space', () => 'Bearer '],
    ['nothing', () => ''],
    ['no scheme', (token) => token],
    ['a tab after the scheme', (token) => `Bearer\t${token}`],
    ['a space and a tab after the scheme', (token) => `Bearer \t${token}`],
    ['a no-break space after the scheme', (token) => `Bearer\xa0${token}`],
    ['a colon after the scheme', (token) => `Bearer: ${token}`],
    ['an equals sign after the scheme', (token) => `Bearer=${token}`],
    ['nothing between scheme and token', (token) => `Bearer${token}`],
    ['Basic', (token) => `Basic ${Buffer.from(`ada:${token}`).toString('base64')}`],
    ['Basic and the token itself', (token) => `Basic ${token}`],
    ['DPoP', (token) => `DPoP ${token}`],
    ['Token', (token) => `Token ${token}`],
    ['JWT', (token) => `JWT ${token}`],
    ['MAC', (token) => `MAC id="${token}"`],
    ['another scheme first', (token) => `Basic YTpi, Bearer ${token}`],
  ])('counts as missing with %s', async (_, authorization) => {
    const answer = await ask(authorization(access));
    expect(refusal(answer)).toEqual(missing);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
  });

  it.each<[string, (token: string) => string]>([
    ['the scheme twice', (token) => `Bearer Bearer ${token}`],
    ['another token after a comma', (token) => `Bearer ${token}, Bearer ${token}`],
    ['another token after a space', (token) => `Bearer ${token} ${token}`],
    ['a comma', (token) => `Bearer ${token},`],
    ['a parameter', (token) => `Bearer ${token}, realm="gatehouse"`],
    ['a name', (token) => `Bearer token="${token}"`],
    ['quotation marks', (token) => `Bearer "${token}"`],
    ['angle brackets', (token) => `Bearer <${token}>`],
    ['a letter beyond ASCII', (token) => `Bearer ${token}\xe9`],
  ])('is refused with %s', async (_, authorization) => {
    expect(refusal(await ask(authorization(access)))).toEqual(invalid);
  });

  it('is refused where the header comes twice, whichever of the two is good', async () => {
    const [good, bad] = [`Bearer ${access}`, 'Bearer a.b.c'];
    for (const [first, second] of [
      [good, bad],
      [bad, good],
      [good, good],
      ['Basic YTpi', good],
      ['', good],
    ] as const)
      expect(await askRaw('Authorization', first, 'authorization', second)).toEqual(invalid);
  });

  it('counts as missing in a URL (RFC 6750 §2.3)', async () => {
    const { api } = places.service;
    for (const parameter of ['access_token', 'token', 'bearer_token', 'authorization', 'jwt', 'auth_token'])
      expect(refusal(await api.get(`/protected?${parameter}=${access}`))).toEqual(missing);
    expect(refusal(await api.get(`/protected#access_token=${access}`))).toEqual(missing);
  });

  it('counts as missing in another header', async () => {
    const others = ['Proxy-Authorization', 'X-Authorization', 'X-Forwarded-Authorization', 'X-Access-Token'];
    for (const name of [...others, 'X-Auth-Token', 'Access-Token', 'Token', 'DPoP', 'WWW-Authenticate'])
      for (const value of [access, `Bearer ${access}`]) expect(await askRaw(name, value)).toEqual(missing);
  });

  it('counts as missing in a cookie', async () => {
    for (const name of [
      'access_token',
      'token',
      'jwt',
      'Authorization',
      'access_token_cookie',
      '__Host-token',
    ])
      expect(await askRaw('Cookie', `${name}=${access}`)).toEqual(missing);
  });

  it('counts as missing in a body, of JSON or of a form (RFC 6750 §2.2)', async () => {
    const { api } = places.service;
    const body = { access_token: access, token: access };
    expect(refusal(await api.post('/logout', body))).toEqual(missing);
    expect(refusal(await api.postForm('/introspect', body))).toEqual(missing);
    await places.expectAccepted(({ token }) => token);
  });

  describe('that refreshes', () => {
    const fault = { status: 400, error: 'validation_failed' };

    it('counts as missing in a URL, in a cookie and under another name', async () => {
      const { api } = places.service;
      expect(refusal(await api.post(`/refresh?refresh_token=${refresh}`))).toEqual(missing);
      expect(refusal(await api.post('/refresh').set('Cookie', `refresh_token=${refresh}`))).toEqual(missing);
      expect(refusal(await api.post('/refresh', { token: refresh }))).toEqual(missing);
      expect(refusal(await api.postForm('/token', { grant_type: 'refresh_token', token: refresh }))).toEqual({
        status: 400,
        error: 'invalid_request',
      });
    });

    it.each([null, 0, true, {}, [], ['token']])('may not be %j in a body', async (value) => {
      const { api } = places.service;
      expect(refusal(await api.post('/refresh', { refresh_token: value }, refresh))).toEqual(fault);
    });

    it('is taken from the body before the header: many clients send their access token with every request', async () => {
      const { api } = places.service;
      expect(refusal(await api.post('/refresh', { refresh_token: 'a.b.c' }, refresh))).toEqual(invalid);
      await places.expectUnharmed();
    });

    it('is accepted in the body beside a header that is no good', async () => {
      const { api } = places.service;
      for (const bearer of [access, 'a.b.c']) {
        const { refresh_token } = await api.signIn(ada);
        await api.post('/refresh', { refresh_token }, bearer).expect(200);
      }
    });
  });
});
