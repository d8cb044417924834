import { join } from 'node:path';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { refusal } from '../support/api-client.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { ada, grace, type Person } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const SUBJECT = 'Confirm your email address';

describe('verifying an email address', () => {
  let service: TestApp;
  let mailbox: Mailbox;
  let person: Required<Person>;
  let pair: TokenPair;
  let count = 0;

  const verify = (token: string) => service.api.post('/email/verify', { token });
  const ask = (token?: string) => service.api.post('/email/verify/request', undefined, token);
  const me = async () => (await service.api.get('/users/me', pair.access_token)).body as object;

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

  it('is done by the link that a registration mails, once', async () => {
    const mail = await mailbox.next(SUBJECT);
    expect(mail).toContain(`To: ${person.email}`);
    expect(mail).toContain(`Hello ${person.username},`);
    expect(mail).toContain('http://localhost:3000/account#verify-email&token=');
    expect(await me()).toMatchObject({ email_verified: false });
    await verify(tokenIn(mail)).expect(204);
    expect(await me()).toMatchObject({ email: person.email, email_verified: true });
    expect(refusal(await verify(tokenIn(mail)))).toEqual({ status: 400, error: 'one_time_token_invalid' });
  });

  it('takes the newest link alone', async () => {
    const first = await mailbox.next(SUBJECT);
    service.clock.pass(1);
    await ask(pair.access_token).expect(202);
    const second = await mailbox.next(SUBJECT);
    expect(refusal(await verify(tokenIn(first)))).toEqual({ status: 400, error: 'one_time_token_invalid' });
    await verify(tokenIn(second)).expect(204);
  });

  it('takes a link for as long as it says', async () => {
    const mail = await mailbox.next(SUBJECT);
    expect(mail).toContain('for 30 minutes');
    service.clock.pass(1800);
    expect(refusal(await verify(tokenIn(mail)))).toEqual({ status: 400, error: 'one_time_token_invalid' });
  });

  it('lets one of many racing requests spend the token', async () => {
    const token = tokenIn(await mailbox.next(SUBJECT));
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
  });

  it('mails nothing more once the address is verified', async () => {
    await verify(tokenIn(await mailbox.next(SUBJECT))).expect(204);
    service.clock.pass(1);
    await ask(pair.access_token).expect(202);
    await service.api.post('/password/forgot', { email: person.email }).expect(202);
    await mailbox.next('Set a new password');
    expect(mailbox.all().filter((mail) => mail.includes(SUBJECT))).toHaveLength(1);
  });

  it('tells who has no address to give one, and wants a token', async () => {
    const other = await service.api.signUp(ada);
    const answer = await ask(other.access_token);
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    expect(answer.body).toMatchObject({ details: [{ field: 'email' }] });
    expect(refusal(await ask())).toEqual({ status: 401, error: 'token_missing' });
  });

  it('does not take a token that is for another purpose, or none at all', async () => {
    await service.api.post('/password/forgot', { email: person.email }).expect(202);
    const reset = tokenIn(await mailbox.next('Set a new password'));
    for (const token of [reset, 'x', reset.toUpperCase(), `${reset}=`])
      expect(refusal(await verify(token))).toEqual({ status: 400, error: 'one_time_token_invalid' });
    expect(refusal(await service.api.post('/email/verify', {}))).toMatchObject({
      error: 'validation_failed',
    });
  });

  it('keeps no token, only its digest', async () => {
    const token = tokenIn(await mailbox.next(SUBJECT));
    const rows = await service.query('SELECT * FROM one_time_tokens WHERE user_id = ?', [
      claimsOf(pair.access_token).sub,
    ]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, await service.query('SELECT * FROM outbound_mails')])).not.toContain(token);
    expect(service.log).not.toContain(token);
  });
});
