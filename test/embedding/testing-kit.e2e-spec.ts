import { agentWith, expiredToken, forgedToken, signedInAs } from '../../src/testing/public-api.js';
import { refusal } from '../support/api-client.js';
import { HostApp, hostAdapters } from '../support/host-app.js';
import { claimsOf } from '../support/tokens.js';

describe.each(hostAdapters)('the testing kit, in an application on %s', (_, adapter) => {
  let host: HostApp;

  beforeAll(async () => {
    host = await HostApp.start(adapter());
  });
  afterAll(() => host.stop());

  it('signs somebody in, with a client that sends the token', async () => {
    const user = await signedInAs(host.app);
    await user.api.get('/mine').expect(200, { username: user.username });
    await user.api.get('/admins').expect(403);
    await host.api.login(user).expect(200);
  });

  it('signs in as many as a test needs, with the roles that it names', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => signedInAs(host.app, 'admin')));
    expect(new Set(people.map(({ id }) => id)).size).toBe(12);
    for (const { api } of people) await api.get('/admins').expect(200);
  });

  it('makes a token that has expired', async () => {
    const token = await expiredToken(host.app, await signedInAs(host.app));
    const answer = await agentWith(host.app, token).get('/mine');
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_expired' });
  });

  it('makes a token that is forged, with the claims it is to have', async () => {
    const token = await forgedToken(await signedInAs(host.app), { roles: ['admin'] });
    expect(claimsOf(token)).toMatchObject({ roles: ['admin'] });
    const answer = await agentWith(host.app, token).get('/admins');
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_invalid' });
  });
});
