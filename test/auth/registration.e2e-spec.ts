import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';

describe('registration', () => {
  let service: TestApp;
  const register = (body: object) => service.api.post('/register', body);
  const faultyFields = (body: object) =>
    (body as { details: { field: string }[] }).details.map(({ field }) => field).sort();

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(() => removeUsers(service));
  afterAll(() => service.stop());

  it('answers 201 with the user, and nothing of the password', async () => {
    const answer = await service.api.register(grace).expect(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      username: 'grace',
      email: 'grace@example.org',
      email_verified: false,
      pending_email: null,
      roles: ['user'],
      disabled: false,
      created_at: '2026-03-01T12:00:00.000Z',
      updated_at: '2026-03-01T12:00:00.000Z',
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('refuses a username that is taken, whatever its case', async () => {
    await service.api.register(ada).expect(201);
    expect(refusal(await register({ ...ada, username: 'ADA' }))).toEqual({
      status: 409,
      error: 'user_exists',
    });
  });

  it('refuses an email address that is taken, whatever its case', async () => {
    await service.api.register(grace).expect(201);
    const twin = { ...ada, email: 'Grace@Example.ORG' };
    expect(refusal(await register(twin))).toEqual({ status: 409, error: 'user_exists' });
  });

  it('lets one of fifty racing registrations of a name win, in whatever case they spell it', async () => {
    const spellings = Array.from({ length: 50 }, (_, n) =>
      Array.from('racing-ada')
        .map((letter, place) => ((n >> (place % 6)) & 1 ? letter.toUpperCase() : letter))
        .join(''),
    );
    const answers = await Promise.all(spellings.map((username) => register({ ...ada, username })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array<number>(49).fill(409)]);
  });

  it('names every faulty field at once', async () => {
    const answer = await register({ username: 'a!', password: 'short', email: 'nowhere', roles: ['admin'] });
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
    expect(faultyFields(answer.body as object)).toEqual(['email', 'password', 'roles', 'username']);
  });

  it('names missing fields, also where there is no body at all', async () => {
    expect((await register({})).body).toMatchObject({
      details: [
        { field: 'username', message: 'is missing' },
        { field: 'password', message: 'is missing' },
      ],
    });
    expect(refusal(await service.api.post('/register'))).toEqual({ status: 400, error: 'validation_failed' });
  });

  it.each([
    ['an array', '[]'],
    ['null', 'null'],
    ['a text', '"ada"'],
    ['a number', '7'],
  ])('refuses %s where an object is due', async (_, json) => {
    const answer = await service.api.raw().post('/register').type('json').send(json);
    expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
  });

  it.each([
    ['a wrong type', { username: 7, password: ['correct horse battery staple'] }],
    ['a field of the prototype', { ...ada, constructor: 'x' }],
    ['an object for a name', { ...ada, username: { length: 5 } }],
  ])('refuses %s', async (_, body) => {
    expect(refusal(await register(body))).toEqual({ status: 400, error: 'validation_failed' });
  });

  it('takes null for an email address that is not given', async () => {
    expect((await register({ ...ada, email: null }).expect(201)).body).toMatchObject({ email: null });
  });

  describe('of passwords', () => {
    const withPassword = (password: string) => register({ username: 'edsger', password });

    it('counts code points, so that eight emoji are enough', async () => {
      await withPassword('🦄🐙🦊🐝🌵🍄🌍🔭').expect(201);
    });

    it.each([
      ['shorter than 8 characters', '1f9zq_x'],
      ['longer than 128 characters', 'q7'.repeat(65)],
      ['common', 'Password123'],
      ['one that contains the username', 'my-Edsger-is-great'],
    ])('refuses one %s', async (_, password) => {
      const answer = await withPassword(password);
      expect(refusal(answer)).toEqual({ status: 400, error: 'validation_failed' });
      expect(faultyFields(answer.body as object)).toEqual(['password']);
    });

    it('takes one of exactly 128 characters', async () => {
      await withPassword('q7'.repeat(64)).expect(201);
    });

    it('compares all of it, and its case', async () => {
      const password = `${'q7'.repeat(63)}Xy`;
      await withPassword(password).expect(201);
      const others = [password.slice(0, -1), `${password}y`, `${password} `, ` ${password}`];
      for (const other of [...others, password.toLowerCase(), password.toUpperCase()])
        await service.api.login({ username: 'edsger', password: other }).expect(401);
      await service.api.login({ username: 'edsger', password }).expect(200);
    });

    it('compares after NFKC, so that one password typed on two keyboards is one', async () => {
      await withPassword('Ångström café').expect(201);
      await service.api
        .login({ username: 'edsger', password: 'A\u030angstro\u0308m cafe\u0301' })
        .expect(200);
    });
  });
});
