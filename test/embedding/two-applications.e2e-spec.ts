import { ada } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

describe('two applications in one process', () => {
  let first: TestApp;
  let second: TestApp;

  beforeEach(async () => {
    first = await TestApp.start();
    second = await TestApp.start();
  });
  afterEach(async () => {
    await first.stop();
    await second.stop();
  });

  it('sign in each its own users, and accept each its own tokens', async () => {
    for (const { api } of [first, second]) {
      const pair = await api.signUp(ada);
      await api.get('/protected', pair.access_token).expect(200, { logged_in_as: ada.username });
      await api.refresh(pair.refresh_token).expect(200);
    }
  });

  it('accept none of the other', async () => {
    const { access_token, refresh_token } = await first.api.signUp(ada);
    await second.api.get('/protected', access_token).expect(401);
    await second.api.refresh(refresh_token).expect(401);
    await second.api.login(ada).expect(401);
  });
});
