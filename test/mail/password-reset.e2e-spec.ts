import { join } from 'node:path';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { grace, type Person } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const SUBJECT = 'Set a new password';
const chosen = 'a wholly different phrase';
const invalid = { status: 400, error: 'one_time_token_invalid' };

describe('a forgotten password', () => {
  let service: TestApp;
  let mailbox: Mailbox;
  let person: Required<Person>;
  let pair: TokenPair;
  let count = 0;

  const forget = (email: string, { api } = service) => api.post('/password/forgot', { email });
  const reset = (token: string, new_password = chosen) =>
    service.api.post('/password/reset', { token, new_password });
  const tokenByMail = async () => tokenIn(await mailbox.next(SUBJECT));

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(async () => {
    const username = `grace-${String(++count)}`;
    person = { ...grace, username, email: `${username}@example.org` };
    mailbox = new Mailbox(join(service.folder, 'outbox'), person.email);
    pair = await service.api.signUp(person);
  });
  afterAll(() => service.stop());

  it('is replaced by who reads the mail, and every session ends', async () => {
    const other = await service.api.signIn(person);
    await forget(person.email).expect(202);
    const mail = await mailbox.next(SUBJECT);
    expect(mail).toContain('http://localhost:3000/account#reset-password&token=');
    await reset(tokenIn(mail)).expect(204);
    for (const { access_token, refresh_token } of [pair, other]) {
      for (const answer of [
        await service.api.get('/protected', access_token),
        await service.api.refresh(refresh_token),
      ]) {
        expect(refusal(answer)).toEqual({ status: 401, error: 'token_revoked' });
        expect(answer.body).toMatchObject({ reason: 'password_changed' });
      }
    }
    expect((await service.api.login(person)).status).toBe(401);
    await service.api.signIn({ ...person, password: chosen });
    expect(refusal(await reset(tokenIn(mail)))).toEqual(invalid);
    expect(await mailbox.next('Your password was changed')).toContain(`To: ${person.email}`);
  });

  it('gets the same answer for an address that nobody has, and no mail', async () => {
    const [known, unknown] = [await forget(person.email), await forget('nobody@example.org')];
    const comparable = ({ status, text, headers }: typeof known) => ({
      status,
      text,
      headers: Object.keys(headers).sort(),
    });
    expect(comparable(unknown)).toEqual(comparable(known));
    await mailbox.next(SUBJECT);
    await until(async () => (await service.query('SELECT * FROM outbound_mails')).length === 0);
    expect(new Mailbox(join(service.folder, 'outbox')).all().join('')).not.toContain('nobody@example.org');
  });

  it('is mailed to the address as it is stored, in whatever case it was typed', async () => {
    await forget(person.email.toUpperCase()).expect(202);
    expect(await mailbox.next(SUBJECT)).toContain(`To: ${person.email}`);
  });

  it('keeps the link good for a better choice after a password that is refused', async () => {
    await forget(person.email).expect(202);
    const token = await tokenByMail();
    for (const weak of ['short', 'password1', `${person.username} on the bridge`]) {
      const answer = await reset(token, weak);
      expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
      expect(answer.body).toMatchObject({ details: [{ field: 'new_password' }] });
    }
    await reset(token).expect(204);
  });

  it('takes a link once though many race, while it is new, and not after a newer one', async () => {
    await forget(person.email).expect(202);
    const first = await tokenByMail();
    service.clock.pass(60);
    await forget(person.email).expect(202);
    const second = await tokenByMail();
    expect(refusal(await reset(first))).toEqual(invalid);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, number) => reset(second, `phrase number ${String(number)} of ten`)),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    service.clock.pass(60);
    await forget(person.email).expect(202);
    const third = await tokenByMail();
    service.clock.pass(1800);
    expect(refusal(await reset(third))).toEqual(invalid);
  });

  it('opens nothing to who is disabled, before the mail or after it', async () => {
    await forget(person.email).expect(202);
    const token = await tokenByMail();
    await service.query('UPDATE users SET disabled = TRUE WHERE username = ?', [person.username]);
    expect(refusal(await reset(token))).toEqual(invalid);
    service.clock.pass(1);
    await forget(person.email).expect(202);
    await until(async () => (await service.query('SELECT * FROM outbound_mails')).length === 0);
    expect(mailbox.all().filter((mail) => mail.includes(SUBJECT))).toHaveLength(1);
  });

  it('is no way to flood a mailbox, and answers alike for an address that nobody has', async () => {
    const limited = await TestApp.start({ settings: { THROTTLE_LOGIN: '5 per minute' } });
    await limited.api.register(grace).expect(201);
    for (const email of [grace.email!, 'nobody@example.org']) {
      for (let times = 0; times < 5; times++) await forget(email, limited).expect(202);
      const refused = await forget(email, limited);
      expect(refusal(refused)).toEqual({ status: 429, error: 'rate_limited' });
      expect(refused.headers['retry-after']).toBe('60');
      limited.clock.pass(60);
      for (let times = 0; times < 5; times++) await forget(email, limited).expect(202);
      limited.clock.pass(60);
      expect((await forget(email, limited)).headers['retry-after']).toBe('3480');
    }
    await limited.stop();
  });

  it('leaves who failed to sign in too often the way to a new password', async () => {
    const limited = await TestApp.start({ settings: { THROTTLE_LOGIN: '5 per minute' } });
    await limited.api.register(grace).expect(201);
    for (let times = 0; times < 6; times++)
      await limited.api.login({ username: grace.email!, password: 'x' });
    await forget(grace.email!, limited).expect(202);
    await limited.stop();
  });
});
