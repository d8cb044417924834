import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

describe('GET /users/me', () => {
  let service: TestApp;

  beforeEach(async () => {
    service = await TestApp.start();
  });
  afterEach(() => service.stop());

  it('tells each of many who ask at once of themselves', async () => {
    const people = [ada, grace, { username: 'lovelace', password: ada.password }];
    const tokens: string[] = [];
    for (const person of people) tokens.push((await service.api.signUp(person)).access_token);
    const asked = Array.from({ length: 60 }, (_, n) => n % people.length);
    const answers = await Promise.all(asked.map((n) => service.api.get('/users/me', tokens[n]).expect(200)));
    expect(answers.map(({ body }: { body: { username: string } }) => body.username)).toEqual(
      asked.map((n) => people[n]!.username),
    );
  });

  it('tells of a change from its answer on, whoever asks meanwhile', async () => {
    const { access_token } = await service.api.signUp(ada);
    let isOver = false;
    const others = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (!isOver) await service.api.get('/users/me', access_token).expect(200);
      }),
    );
    for (let n = 0; n < 20; n++) {
      const username = `ada-${String(n)}`;
      await service.api.patch('/users/me', { username }, access_token).expect(200);
      const { body } = await service.api.get('/users/me', access_token).expect(200);
      expect(body).toMatchObject({ username });
    }
    isOver = true;
    await others;
  });

  it('is refused where the user is gone, beside others who are there', async () => {
    const gone = await service.api.signUp(ada);
    const there = await service.api.signUp(grace);
    await service.query(`DELETE FROM users WHERE username = '${ada.username}'`);
    const [one, other] = await Promise.all([
      service.api.get('/users/me', gone.access_token),
      service.api.get('/users/me', there.access_token),
    ]);
    expect([one.status, other.status]).toEqual([401, 200]);
    expect(one.body).toMatchObject({ error: 'token_revoked', reason: 'account_deleted' });
  });
});
