import { join } from 'node:path';
import type { Response } from 'supertest';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import { Acknowledgements } from '../../src/tokens/acknowledgements.js';
import { ExpiredRowsSweeper } from '../../src/tokens/expired-rows.sweeper.js';
import { signUpAdmin, type SignedIn } from '../support/admins.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { ada, type Person } from '../support/people.js';
import { PostgresServer } from '../support/postgres-server.js';
import { newFolder } from '../support/new-folder.js';
import { TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/tokens.js';

const ROUNDS = 15;
const SESSIONS = 4;

interface Racer extends Person {
  readonly id: string;
  readonly pairs: readonly TokenPair[];
}

describe('two instances that change the same few users at once', () => {
  let postgres: PostgresServer;
  let apps: TestApp[];
  let admin: SignedIn;
  let names = 0;

  beforeAll(async () => {
    postgres = await PostgresServer.prepare();
    await postgres.start();
    const folder = newFolder();
    const settings = { DATABASE_URL: await postgres.createDatabase(), SMTP_URL: '', REDIS_URL: '' };
    const first = await TestApp.start({ folder, settings });
    apps = [first, await TestApp.start({ folder, settings })];
    admin = await signUpAdmin(first, ada);
  });
  afterAll(async () => {
    const [first, second] = apps as [TestApp, TestApp];
    await second.stopAndKeep();
    await first.stop();
    await postgres.stop();
  });

  const newPerson = (): Person => {
    const username = `racer-${String(names++)}`;
    return { ...ada, username, email: `${username}@example.org` };
  };
  const enter = async (): Promise<Racer> => {
    const person = newPerson();
    const [{ api }] = apps as [TestApp];
    const pairs = [await api.signUp(person)];
    while (pairs.length < SESSIONS) pairs.push(await api.signIn(person));
    return { ...person, pairs, id: claimsOf(pairs[0]!.access_token).sub! };
  };
  const race = async (asks: ((app: TestApp) => PromiseLike<Response | void>)[]): Promise<void> => {
    const answers = await Promise.all(asks.flatMap((ask) => apps.map((app) => ask(app))));
    const faults = answers.flatMap((answer) =>
      answer && answer.status >= 500 ? [answer.body as unknown] : [],
    );
    expect(faults).toEqual([]);
  };
  const expectNoDeadlock = () => {
    expect(postgres.log).not.toContain('deadlock detected');
    for (const { log } of apps) expect(log).not.toContain('deadlock detected');
  };

  it('answer everything that ends and renews sessions', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id, password, pairs } = await enter();
      const [first, second, third, fourth] = pairs as [TokenPair, TokenPair, TokenPair, TokenPair];
      const acknowledge = async ({ app }: TestApp) => {
        for (const each of [...pairs].sort(() => Math.random() - 0.5))
          app.get(Acknowledgements).note(claimsOf(each.access_token) as never);
      };
      await race([
        acknowledge,
        ...pairs.map(
          (pair) =>
            ({ api }: TestApp) =>
              api.refresh(pair.refresh_token),
        ),
        ({ api }) => api.post('/logout', undefined, first.access_token),
        ({ api }) => api.post('/logout-all', undefined, second.access_token),
        ({ api }) => api.delete('/sessions', third.access_token),
        ({ api }) => api.delete('/refresh-revoke', fourth.refresh_token),
        ({ api }) => api.delete(`/users/${id}/sessions`, admin.access_token),
        ({ api }) =>
          api.post(
            '/users/me/password',
            { current_password: password, new_password: `${password} anew` },
            third.access_token,
          ),
        ({ api }) => api.post('/reauthenticate', { password }, third.access_token),
      ]);
    }
    expectNoDeadlock();
  }, 180_000);

  it('answer everything that changes and deletes accounts', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id, email, password, username, pairs } = await enter();
      const [first, second] = pairs as [TokenPair, TokenPair];
      const patch = (change: object) => (app: TestApp) =>
        app.api.patch(`/users/${id}`, change, admin.access_token);
      await race([
        ...pairs.map(
          (pair) =>
            ({ api }: TestApp) =>
              api.refresh(pair.refresh_token),
        ),
        patch({ roles: ['user', 'admin'] }),
        patch({ roles: ['user'] }),
        patch({ email: `other-${email!}` }),
        patch({ disabled: true }),
        patch({ disabled: false }),
        ({ api }) =>
          api.patch(
            '/users/me',
            { username: `${username}-anew`, email: `anew-${email!}` },
            first.access_token,
          ),
        ({ api }) => api.post('/users/me/email/request', undefined, first.access_token),
        ({ api }) => api.post('/password/forgot', { email }),
        ({ api }) => api.login({ username, password }),
        ({ api }) => api.post('/logout-all', undefined, second.access_token),
        ({ api }) =>
          round % 2 === 0
            ? api.delete('/users/me', second.access_token, { password })
            : api.delete(`/users/${id}`, admin.access_token),
      ]);
    }
    expectNoDeadlock();
  }, 180_000);

  it('answer who trades names with each other', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, other] = [await enter(), await enter()];
      const take = (who: Racer, from: Racer) => (app: TestApp) =>
        app.api.patch(
          '/users/me',
          { username: from.username, email: from.email },
          who.pairs[0]!.access_token,
        );
      await race([take(one, other), take(other, one), take(one, other), take(other, one)]);
    }
    expectNoDeadlock();
  }, 180_000);

  it('answer who follows a mailed link while the address is changed', async () => {
    const mailbox = new Mailbox(join(apps[0]!.folder, 'outbox'));
    for (let round = 0; round < ROUNDS; round++) {
      const { id, email, pairs } = await enter();
      const [{ access_token }] = pairs as [TokenPair];
      await apps[0]!.api.post('/password/forgot', { email }).expect(202);
      const verify = tokenIn(await mailbox.take('Confirm your email address', email!));
      const reset = tokenIn(await mailbox.take('Set a new password', email!));
      await race([
        ({ api }) => api.post('/password/reset', { token: reset, new_password: 'a wholly different phrase' }),
        ({ api }) => api.patch('/users/me', { email: `anew-${email!}` }, access_token),
        ({ api }) => api.post('/email/verify', { token: verify }),
        ({ api }) => api.post('/password/forgot', { email }),
        ({ api }) => api.patch(`/users/${id}`, { email: `other-${email!}` }, admin.access_token),
      ]);
    }
    expectNoDeadlock();
  }, 180_000);

  it('remove what has expired, both at once', async () => {
    const racers = [await enter(), await enter(), await enter()];
    for (const { app, clock } of apps) {
      clock.pass(31 * 86_400);
      // All that it takes but one.
      const sweeper = app.get(ExpiredRowsSweeper);
      for (let taken = 1; taken < sweeper.sweepsNeeded; taken++) await sweeper.sweep();
    }
    const sweeps = Array.from(
      { length: 4 },
      () =>
        ({ app }: TestApp) =>
          app.get(ExpiredRowsSweeper).sweep(),
    );
    await race([
      ...sweeps,
      ...racers.map(
        ({ pairs }) =>
          ({ api }: TestApp) =>
            api.refresh(pairs[0]!.refresh_token),
      ),
    ]);
    expect(await apps[0]!.query('SELECT id FROM sessions')).toEqual([]);
    expectNoDeadlock();
  });
});
