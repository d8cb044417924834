import { AccountCommands } from '../../src/cli/account-commands.js';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { signUpAdmin, type SignedIn } from '../support/admins.js';
import { refusal } from '../support/api-client.js';
import { freePort } from '../support/free-port.js';
import { tokenIn } from '../support/mailbox.js';
import { grace, type Person } from '../support/people.js';
import { SmtpInbox } from '../support/smtp-inbox.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const NEW_PASSWORD = 'a wholly different phrase';
const invalid = { status: 400, error: 'one_time_token_invalid' };

describe('taking an account back', () => {
  let inbox: SmtpInbox;
  let service: TestApp;
  let admin: SignedIn;
  let owner: Required<Person>;
  let pair: TokenPair;
  let addressOfThief: string;
  let count = 0;

  const mailed = async (subject: string, to: string) => tokenIn(await inbox.waitFor(subject, to));
  const forget = (email: string) => service.api.post('/password/forgot', { email }).expect(202);
  const reset = (token: string, new_password = NEW_PASSWORD) =>
    service.api.post('/password/reset', { token, new_password });
  const userId = () => claimsOf(pair.access_token).sub!;
  const me = async (token: string) => (await service.api.get('/users/me', token)).body as object;

  /** Each way, and whether the account can be signed in to afterwards. */
  const ways: [string, () => PromiseLike<unknown>, string | undefined][] = [
    [
      'a password change',
      () =>
        service.api
          .post(
            '/users/me/password',
            { current_password: owner.password, new_password: NEW_PASSWORD },
            pair.access_token,
          )
          .expect(204),
      NEW_PASSWORD,
    ],
    [
      'a password reset',
      async () => {
        await forget(owner.email);
        await reset(await mailed('Set a new password', owner.email)).expect(204);
      },
      NEW_PASSWORD,
    ],
    [
      'a password that an admin sets',
      () => new AccountCommands(service.app).setPassword(owner.username, NEW_PASSWORD),
      NEW_PASSWORD,
    ],
    [
      'a disabled account, enabled again',
      async () => {
        for (const disabled of [true, false])
          await service.api.patch(`/users/${userId()}`, { disabled }, admin.access_token).expect(200);
      },
      undefined,
    ],
  ];

  beforeAll(async () => {
    inbox = await SmtpInbox.start(await freePort());
    service = await TestApp.start({
      settings: {
        SMTP_URL: `smtp://127.0.0.1:${String(inbox.port)}`,
        MAIL_FROM: 'Gatehouse <auth@example.org>',
      },
    });
    admin = await signUpAdmin(service, { username: 'root', password: 'a long walk along the shore' });
  });
  beforeEach(async () => {
    const username = `grace-${String(++count)}`;
    owner = { ...grace, username, email: `${username}@example.org` };
    addressOfThief = `${username}@thief.example`;
    pair = await service.api.signUp(owner);
    await service.api.post('/email/verify', {
      token: await mailed('Confirm your email address', owner.email),
    });
  });
  afterAll(async () => {
    await service.stop();
    await inbox.close();
  });

  it.each(ways)('by %s cancels an address that somebody else has asked for', async (_, take, password) => {
    await service.api.patch('/users/me', { email: addressOfThief }, pair.access_token).expect(200);
    const link = await mailed('Confirm your email address', addressOfThief);
    expect(await me(pair.access_token)).toMatchObject({ pending_email: addressOfThief });
    await take();
    expect(refusal(await service.api.post('/email/verify', { token: link }))).toEqual(invalid);
    const { access_token } = await service.api.signIn({ ...owner, password: password ?? owner.password });
    expect(await me(access_token)).toMatchObject({ email: owner.email, pending_email: null });
    await forget(addressOfThief);
    await service.api.post('/email/verify/request', undefined, access_token).expect(202);
    expect(inbox.deliveries.filter(({ to: [to] }) => to === addressOfThief)).toHaveLength(1);
  });

  it.each(ways.filter(([way]) => way !== 'a password reset'))(
    'by %s voids a link that was mailed before to set a password',
    async (_, take, password) => {
      await forget(owner.email);
      const link = await mailed('Set a new password', owner.email);
      await take();
      expect(refusal(await reset(link, 'the thief chose this'))).toEqual(invalid);
      await service.api.signIn({ ...owner, password: password ?? owner.password });
    },
  );

  it('by cancelling the address alone keeps the session, and voids its link', async () => {
    await service.api.patch('/users/me', { email: addressOfThief }, pair.access_token).expect(200);
    const link = await mailed('Confirm your email address', addressOfThief);
    await service.api.delete('/users/me/pending-email', pair.access_token).expect(204);
    await service.api.delete('/users/me/pending-email', pair.access_token).expect(204);
    expect(refusal(await service.api.post('/email/verify', { token: link }))).toEqual(invalid);
    expect(await me(pair.access_token)).toMatchObject({
      email: owner.email,
      email_verified: true,
      pending_email: null,
    });
    const events = await service.query(
      "SELECT id FROM audit_events WHERE type = 'email_change_cancelled' AND user_id = ?",
      [userId()],
    );
    expect(events).toHaveLength(1);
  });

  it('leaves the mails of somebody else who has the pending address', async () => {
    const victim = { ...grace, username: `${owner.username}-2`, email: addressOfThief };
    await service.api.patch('/users/me', { email: addressOfThief }, pair.access_token).expect(200);
    await service.api.register(victim).expect(201);
    inbox.delay = 300;
    await forget(addressOfThief);
    await new AccountCommands(service.app).setPassword(owner.username, NEW_PASSWORD);
    inbox.delay = 0;
    await reset(await mailed('Set a new password', addressOfThief)).expect(204);
    await service.api.signIn({ ...victim, password: NEW_PASSWORD });
  });

  it('by whatever way takes back a mail that was asked for and has not left yet', async () => {
    await service.api.patch('/users/me', { email: addressOfThief }, pair.access_token).expect(200);
    await new AccountCommands(service.app).setPassword(owner.username, NEW_PASSWORD);
    expect(
      await service.query('SELECT kind FROM outbound_mails WHERE recipient = ?', [addressOfThief]),
    ).toEqual([]);
  });
});
