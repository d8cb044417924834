import { join } from 'node:path';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { freePort } from '../support/free-port.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { ada, grace, type Person } from '../support/people.js';
import { SmtpInbox } from '../support/smtp-inbox.js';
import { TestApp } from '../support/test-app.js';

describe('changing the own account', () => {
  let service: TestApp;
  let person: Required<Person>;
  /** Another address of this person. */
  let address: string;
  let pair: TokenPair;
  let count = 0;

  const signUp = async () => {
    const username = `grace-${String(++count)}`;
    person = { ...grace, username, email: `${username}@example.org` };
    address = `${username}@navy.example`;
    pair = await service.api.signUp(person);
  };
  const change = (body: object, token = pair.access_token) => service.api.patch('/users/me', body, token);
  const me = async () => (await service.api.get('/users/me', pair.access_token)).body as object;

  describe('without a mail server', () => {
    let mailbox: Mailbox;

    beforeAll(async () => {
      service = await TestApp.start();
      mailbox = new Mailbox(join(service.folder, 'outbox'));
    });
    beforeEach(async () => {
      await signUp();
      await service.api.post('/email/verify', {
        token: tokenIn(await mailbox.take('Confirm your email address', person.email)),
      });
      service.clock.pass(1);
    });
    afterAll(() => service.stop());

    it('gives another username, which signs in, and frees the old one', async () => {
      const answer = await change({ username: 'Hopper' }).expect(200);
      expect(answer.body).toMatchObject({ username: 'Hopper', email: person.email, email_verified: true });
      await service.api.signIn({ ...person, username: 'hopper' });
      expect((await service.api.login(person)).status).toBe(401);
      service.clock.pass(900);
      await service.api.register({ ...ada, username: person.username }).expect(201);
    });

    it('gives another address at once, unverified, and tells the old one', async () => {
      const answer = await change({ email: address }).expect(200);
      expect(answer.body).toMatchObject({ email: address, email_verified: false });
      expect(await mailbox.take('Your email address is being changed', person.email)).toContain(
        `To: ${person.email}`,
      );
      const mail = await mailbox.take('Confirm your email address', address);
      expect(mail).toContain(`To: ${address}`);
      await service.api.post('/email/verify', { token: tokenIn(mail) }).expect(204);
      expect(await me()).toMatchObject({ email: address, email_verified: true });
    });

    it('lets a link to the old address set no password any more', async () => {
      await service.api.post('/password/forgot', { email: person.email }).expect(202);
      const token = tokenIn(await mailbox.take('Set a new password', person.email));
      await change({ email: address }).expect(200);
      const answer = await service.api.post('/password/reset', {
        token,
        new_password: 'the thief chose this',
      });
      expect(refusal(answer)).toEqual({ status: 400, error: 'one_time_token_invalid' });
    });

    it('takes an address away, and one in another case as the same', async () => {
      const inAnotherCase = person.email.replace('grace', 'Grace').replace('example', 'Example');
      expect((await change({ email: inAnotherCase }).expect(200)).body).toMatchObject({
        email: inAnotherCase,
        email_verified: true,
      });
      expect((await change({ email: null }).expect(200)).body).toMatchObject({
        email: null,
        email_verified: false,
      });
    });

    it('refuses what somebody else has, in whatever case, and changes nothing', async () => {
      await service.api.register({ ...ada, email: 'ada@example.org' }).expect(201);
      for (const body of [
        { username: 'ADA' },
        { email: 'ADA@example.org' },
        { username: 'new', email: 'ada@example.org' },
      ])
        expect(refusal(await change(body))).toEqual({ status: 409, error: 'user_exists' });
      expect(await me()).toMatchObject({ username: person.username, email: person.email });
    });

    it.each([[{}], [{ roles: ['admin'] }], [{ username: 'a' }], [{ username: null }], [{ email: 'no' }]])(
      'refuses %j',
      async (body) => {
        expect(refusal(await change(body))).toEqual({ status: 400, error: 'validation_failed' });
      },
    );

    it('wants a fresh token', async () => {
      service.clock.pass(301);
      expect(refusal(await change({ username: 'hopper' }))).toEqual({
        status: 401,
        error: 'fresh_token_required',
      });
    });
  });

  describe('with a mail server', () => {
    let inbox: SmtpInbox;

    const sent = (subject: string, to: string) => inbox.waitFor(subject, to);

    beforeAll(async () => {
      inbox = await SmtpInbox.start(await freePort());
      service = await TestApp.start({
        settings: {
          SMTP_URL: `smtp://127.0.0.1:${String(inbox.port)}`,
          MAIL_FROM: 'Gatehouse <auth@example.org>',
        },
      });
    });
    beforeEach(() => signUp());
    afterAll(async () => {
      await service.stop();
      await inbox.close();
    });

    it('keeps the old address in force until the new one is verified', async () => {
      const answer = await change({ email: address }).expect(200);
      expect(answer.body).toMatchObject({ email: person.email });
      await sent('Your email address is being changed', person.email);
      const mail = await sent('Confirm your email address', address);
      expect(mail).toContain('From: Gatehouse <auth@example.org>');
      await service.api.signIn({ ...person, username: person.email });
      expect((await service.api.login({ ...person, username: address })).status).toBe(401);
      await service.api.post('/email/verify', { token: tokenIn(mail) }).expect(204);
      expect(await me()).toMatchObject({ email: address, email_verified: true });
      await service.api.signIn({ ...person, username: address });
    });

    it('gives an address that two ask for to the one who verifies it first', async () => {
      const other = await service.api.signUp(ada);
      await change({ email: address }).expect(200);
      const first = tokenIn(await sent('Confirm your email address', address));
      inbox.deliveries.length = 0;
      await change({ email: address }, other.access_token).expect(200);
      const second = tokenIn(await sent('Confirm your email address', address));
      await service.api.post('/email/verify', { token: second }).expect(204);
      expect(refusal(await service.api.post('/email/verify', { token: first }))).toEqual({
        status: 409,
        error: 'user_exists',
      });
      expect(await me()).toMatchObject({ email: person.email });
    });
  });
});
