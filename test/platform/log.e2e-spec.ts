import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

describe('the log', () => {
  let service: TestApp;

  beforeEach(async () => {
    service = await TestApp.start({ settings: { LOG_LEVEL: 'trace' } });
  });
  afterEach(() => service.stop());

  it('has one line a request, with its id, status and time', async () => {
    const { headers } = await service.api.get('/welcome?next=home').expect(200);
    const lines = service.logLines.filter(({ request_id: id }) => id === headers['x-request-id']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 30,
      method: 'GET',
      path: '/welcome',
      status: 200,
      ms: expect.any(Number) as number,
      msg: 'request',
    });
  });

  it('has one line for a request that no route takes, too', async () => {
    const { headers } = await service.api.get('/nowhere').expect(404);
    const lines = service.logLines.filter(({ request_id: id }) => id === headers['x-request-id']);
    expect(lines).toMatchObject([{ path: '/nowhere', status: 404 }]);
  });

  it('never holds a password, a token, a cookie or an Authorization header', async () => {
    const sent: string[] = [
      ada.password,
      grace.password,
      'a-wrong-password',
      'a-cookie-value',
      'cHJveHk6c2VjcmV0',
    ];
    const pair = await service.api.signUp(ada);
    const next = await service.api.renew(pair.refresh_token);
    sent.push(pair.access_token, pair.refresh_token, next.access_token, next.refresh_token);

    const { password, username } = ada;
    await service.api.login({ username, password: 'a-wrong-password' }).expect(401);
    await service.api
      .postForm('/token', { username, password: 'a-wrong-password', grant_type: 'password' })
      .expect(400);
    await service.api.get(`/protected?token=${pair.access_token}`, next.access_token).expect(200);
    await service.api.get('/protected').set('Authorization', 'Basic cHJveHk6c2VjcmV0').expect(401);
    await service.api.get('/protected', `${next.access_token}x`).expect(401);
    await service.api.get('/welcome').set('Cookie', 'session=a-cookie-value').expect(200);
    await service.api.post('/register', { ...grace, username: '!', extra: grace.password }).expect(400);
    await service.api
      .raw()
      .post('/register')
      .type('json')
      .send(`{"password":"${grace.password}"`)
      .expect(400);
    await service.api.post('/refresh', { refresh_token: next.refresh_token }).expect(200);
    await service.api.post('/refresh', { refresh_token: pair.refresh_token }).expect(401);
    await service.api.get(`/${next.access_token}`).expect(404);
    service.app
      .getHttpAdapter()
      .getInstance()
      .log.info({ password, headers: { authorization: `Bearer ${pair.access_token}` } }, 'by mistake');

    expect(service.logLines.length).toBeGreaterThan(10);
    expect(service.log).toContain('by mistake');
    for (const secret of sent) expect(service.log).not.toContain(secret);
    for (const { signature } of sent.filter((text) => text.startsWith('ey')).map(signatureOf)) {
      expect(service.log).not.toContain(signature);
    }
  });
});

function signatureOf(token: string): { signature: string } {
  return { signature: token.split('.')[2] ?? token };
}
