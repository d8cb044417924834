import { signUp, signUpAdmin, type SignedIn } from '../support/admins.js';
import { refusal } from '../support/api-client.js';
import { importUsers } from '../support/import-users.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

const ACCESS_TTL = 900;
const taken = { status: 409, error: 'user_exists' };
const newcomer = { username: 'newcomer', password: 'a wholly different phrase' };

describe('a name that is given up', () => {
  let service: TestApp;
  let owner: SignedIn;
  let other: SignedIn;

  const register = (names: { username?: string; email?: string }) =>
    service.api.register({ ...newcomer, ...names });
  const rename = (token: string, names: { username?: string; email?: string }) =>
    service.api.patch('/users/me', names, token);

  beforeEach(async () => {
    service = await TestApp.start();
    owner = await signUp(service, { ...ada, email: 'ada@example.org' });
    other = await signUp(service, grace);
  });
  afterEach(() => service.stop());

  it('stays reserved until the last access token that names its former owner has expired', async () => {
    await rename(owner.access_token, { username: 'countess' }).expect(200);
    for (const username of [ada.username, ada.username.toUpperCase()])
      expect(refusal(await register({ username }))).toEqual(taken);
    expect(refusal(await rename(other.access_token, { username: ada.username }))).toEqual(taken);
    service.clock.pass(ACCESS_TTL - 1);
    expect(refusal(await register({ username: ada.username }))).toEqual(taken);
    service.clock.pass(1);
    await register({ username: ada.username }).expect(201);
  });

  it('can be taken back by its former owner at once', async () => {
    await rename(owner.access_token, { username: 'countess' }).expect(200);
    await rename(owner.access_token, { username: ada.username }).expect(200);
    expect(refusal(await register({ username: 'countess' }))).toEqual(taken);
  });

  it('is not given up by a change of case alone, nor by a change of something else', async () => {
    await rename(owner.access_token, { username: ada.username.toUpperCase() }).expect(200);
    await rename(owner.access_token, { email: 'countess@example.org' }).expect(200);
    expect(await service.query('SELECT digest FROM reserved_names')).toHaveLength(1);
  });

  it('stays reserved with the address of a deleted account, of which no trace but a digest is left', async () => {
    await service.api.delete('/users/me', owner.access_token, { password: ada.password }).expect(204);
    expect(refusal(await register({ username: ada.username }))).toEqual(taken);
    expect(refusal(await register({ email: 'Ada@Example.org' }))).toEqual(taken);
    const rows = await service.query<{ digest: string }>('SELECT digest FROM reserved_names');
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/ada/i);
    service.clock.pass(ACCESS_TTL);
    await register({ username: ada.username, email: 'ada@example.org' }).expect(201);
  });

  it('stays reserved where an admin has set another address', async () => {
    const admin = await signUpAdmin(service, { username: 'root', password: 'a long walk along the shore' });
    const { status } = await service.api.patch(
      `/users/${owner.id}`,
      { email: 'new@example.org' },
      admin.access_token,
    );
    expect(status).toBe(200);
    expect(refusal(await register({ email: 'ada@example.org' }))).toEqual(taken);
  });

  it('is not imported either, and the import says why', async () => {
    await rename(owner.access_token, { username: 'countess' }).expect(200);
    const { refusals } = await importUsers(service, [ada]);
    expect(JSON.stringify(refusals)).toContain('was given up a moment ago');
  });

  it('is imported again with the id of its former owner', async () => {
    await service.api.delete('/users/me', owner.access_token, { password: ada.password }).expect(204);
    const again = { ...ada, id: owner.id };
    expect(await importUsers(service, [{ ...ada, id: other.id.replace(/^./, '0') }])).toMatchObject({
      refused: 1,
    });
    expect(await importUsers(service, [again])).toMatchObject({ imported: 1 });
  });

  it('goes to nobody else, however a registration races the change', async () => {
    const answers = await Promise.all([
      rename(owner.access_token, { username: 'countess' }),
      ...Array.from({ length: 10 }, () => register({ username: ada.username })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, ...Array.from({ length: 10 }, () => 409)]);
  });
});
