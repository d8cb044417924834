import type { Letter } from '../../src/mail/letter.js';
import type { GatehouseOptions } from '../../src/embedding/gatehouse-options.js';
import { refusal } from '../support/api-client.js';
import { HostApp, hostAdapters } from '../support/host-app.js';
import { ada, grace } from '../support/people.js';
import { claimsOf } from '../support/tokens.js';
import { until } from '../support/until.js';

const [[, adapter] = []] = hostAdapters;

describe('what an application does in the place of the service', () => {
  let host: HostApp | undefined;

  const start = async (options: GatehouseOptions) => (host = await HostApp.start(adapter!(), options));
  afterEach(async () => {
    await host?.stop();
    host = undefined;
  });

  it('adds claims to access tokens, at a sign-in, a refresh and a reauthentication', async () => {
    let plan = 'small';
    const { api } = await start({
      claims: ({ username }) => Promise.resolve({ plan, tenant: `of ${username}` }),
    });
    const pair = await api.signUp(ada);
    expect(claimsOf(pair.access_token)).toMatchObject({ plan: 'small', tenant: 'of ada' });
    expect(claimsOf(pair.refresh_token)).not.toHaveProperty('plan');
    plan = 'large';
    const next = await api.renew(pair.refresh_token);
    expect(claimsOf(next.access_token)).toMatchObject({ plan: 'large' });
    const { body } = await api
      .post('/reauthenticate', { password: ada.password }, next.access_token)
      .expect(200);
    const { access_token } = body as { access_token: string };
    expect(claimsOf(access_token)).toMatchObject({ plan: 'large', fresh: true });
    await api.get('/users/me', access_token).expect(200);
  });

  it.each([
    ['give claims another meaning', () => ({ sub: 'somebody else', roles: ['admin'] })],
    ['make tokens that nobody would read', () => ({ everything: 'x'.repeat(5000) })],
    ['fail', () => Promise.reject(new Error('the directory is down'))],
  ])('is answered with a fault, and no token, where its claims %s', async (_, claims) => {
    const { api } = await start({ claims });
    await api.register(ada).expect(201);
    expect(refusal(await api.login(ada))).toEqual({ status: 500, error: 'internal_error' });
  });

  it('knows whom somebody means who signs in with another name', async () => {
    const names: Record<string, string> = { 'staff 1815': ada.username };
    const { api } = await start({ loginName: (typed) => names[typed] ?? typed });
    await api.register(ada).expect(201);
    await api.login({ ...ada, username: 'staff 1815' }).expect(200);
    await api.login(ada).expect(200);
    const wrong = await api.login({ username: 'staff 1815', password: 'another phrase' });
    expect(refusal(wrong)).toEqual({ status: 401, error: 'invalid_credentials' });
    const unknown = await api.login({ ...ada, username: 'staff 1816' });
    expect(refusal(unknown)).toEqual({ status: 401, error: 'invalid_credentials' });
  });

  it('sends the mails', async () => {
    const sent: Letter[] = [];
    const { api } = await start({
      sendMail: (letter) => {
        sent.push(letter);
        return Promise.resolve();
      },
    });
    await api.register(grace).expect(201);
    await api.post('/password/forgot', { email: grace.email }).expect(202);
    await until(() => sent.length > 0);
    expect(sent.map(({ to }) => to)).toContain(grace.email);
  });

  it('has a changed address wait until the mail that it sends has verified it', async () => {
    const { api } = await start({ sendMail: () => Promise.resolve() });
    const { access_token } = await api.signUp(grace);
    const { body } = await api.patch('/users/me', { email: 'new@example.org' }, access_token).expect(200);
    expect(body).toMatchObject({ email: grace.email });
  });
});
