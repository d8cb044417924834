import { freePort } from '../support/free-port.js';
import { tokenIn } from '../support/mailbox.js';
import { grace } from '../support/people.js';
import { SmtpInbox } from '../support/smtp-inbox.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const RESET = 'Subject: Set a new password';

describe('sending mail', () => {
  let service: TestApp;
  let inbox: SmtpInbox;

  const start = async (folder = newFolder()) => {
    service = await TestApp.start({
      folder,
      settings: { SMTP_URL: `smtp://127.0.0.1:${String(inbox.port)}` },
    });
  };
  const forget = () => service.api.post('/password/forgot', { email: grace.email }).expect(202);
  const isQueueEmpty = async () => (await service.query('SELECT * FROM outbound_mails')).length === 0;
  const hasTried = async () =>
    (await service.query<{ attempts: number }>('SELECT attempts FROM outbound_mails')).every(
      ({ attempts }) => attempts > 0,
    );

  beforeEach(async () => {
    inbox = await SmtpInbox.start(await freePort());
    await start();
  });
  afterEach(async () => {
    await service.stop();
    await inbox.close();
  });

  it('brings text and HTML to a real mail server', async () => {
    await service.api.register(grace).expect(201);
    await until(() => inbox.deliveries.length === 1);
    const [{ to, source }] = inbox.deliveries as [(typeof inbox.deliveries)[0]];
    expect(to).toEqual([grace.email]);
    expect(source).toContain('Content-Type: text/plain; charset=utf-8');
    expect(source).toContain('Content-Type: text/html; charset=utf-8');
    expect(source).toContain('Auto-Submitted: auto-generated');
    await until(isQueueEmpty);
  });

  it('has one mail arrive after the server was down for the whole of a reset', async () => {
    await service.api.register(grace).expect(201);
    await until(isQueueEmpty);
    await inbox.close();
    for (let times = 0; times < 3; times++) await forget();
    await until(hasTried);
    await service.stopAndKeep().then(start);
    await inbox.open();
    service.clock.pass(3600);
    await until(() => inbox.deliveries.some(({ source }) => source.includes(RESET)));
    await until(isQueueEmpty);
    const resets = inbox.deliveries.filter(({ source }) => source.includes(RESET));
    expect(resets).toHaveLength(1);
    // The link is as new as the mail, however long it waited.
    await service.api
      .post('/password/reset', {
        token: tokenIn(resets[0]!.source),
        new_password: 'a wholly different phrase',
      })
      .expect(204);
  });

  it('answers while the server takes its time', async () => {
    inbox.delay = 60_000;
    await service.api.register(grace).expect(201);
    await forget();
    await until(() => inbox.attempts > 0);
    await service.api.signIn(grace);
    expect(inbox.deliveries).toHaveLength(0);
    // The service would give the delivery some seconds before it stops.
    await inbox.close();
  });

  it('tries again what was refused for now, in growing pauses, and says so without the address', async () => {
    inbox.refusal = 451;
    await service.api.register(grace).expect(201);
    await until(() => inbox.attempts === 1);
    await until(() => service.log.includes('Could not send mail'));
    service.clock.pass(5);
    await until(() => inbox.attempts === 2);
    await until(() => service.log.split('Could not send mail').length === 3);
    inbox.refusal = undefined;
    service.clock.pass(10);
    await until(() => inbox.deliveries.length === 1);
    expect(service.log).toContain('451');
    expect(service.log).not.toContain(grace.email);
  });

  it('gives up what was refused for good, or for three days', async () => {
    inbox.refusal = 550;
    await service.api.register(grace).expect(201);
    await until(isQueueEmpty);
    expect(service.log).toContain('given up');
    inbox.refusal = 451;
    await forget();
    await until(hasTried);
    service.clock.pass(3 * 86_400);
    await until(isQueueEmpty);
    expect(inbox.deliveries).toHaveLength(0);
  });

  it('queues no mail for what did not happen', async () => {
    await inbox.close();
    await service.api.register(grace).expect(201);
    await service.api.register({ ...grace, username: 'other' }).expect(409);
    expect(await service.query('SELECT * FROM outbound_mails')).toHaveLength(1);
  });
});
