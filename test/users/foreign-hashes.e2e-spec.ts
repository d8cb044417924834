import { refusal } from '../support/api-client.js';
import { foreignHashes } from '../support/foreign-hashes.js';
import { importUsers } from '../support/import-users.js';
import { removeUsers } from '../support/remove-users.js';
import { TestApp } from '../support/test-app.js';

const users = foreignHashes.map((each, index) => ({ ...each, username: `user-${String(index)}` }));
const [someone] = users;

describe('a user with the hash of another system', () => {
  let service: TestApp;
  const hashOf = async (username: string) => {
    const rows = await service.query<{ password_hash: string }>(
      'SELECT password_hash FROM users WHERE username = ?',
      [username],
    );
    return rows[0]?.password_hash;
  };

  beforeAll(async () => {
    service = await TestApp.start();
  });
  beforeEach(() => removeUsers(service));
  afterAll(() => service.stop());

  it('signs in with the old password, is refused with another, and has an argon2id hash from then on', async () => {
    const records = users.map(({ username, hash }) => ({ username, password_hash: hash }));
    expect(await importUsers(service, records)).toMatchObject({ imported: users.length, refusals: [] });
    for (const { username, password, hash } of users) {
      const wrong = await service.api.login({ username, password: `${password.slice(0, 8)}!` });
      expect(refusal(wrong)).toEqual({ status: 401, error: 'invalid_credentials' });
      expect(await hashOf(username)).toBe(hash);

      await service.api.login({ username, password }).expect(200);
      expect(await hashOf(username)).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
      await service.api.login({ username, password }).expect(200);
      await service.api.login({ username, password: `${password.slice(0, 8)}!` }).expect(401);
    }
  });

  it('may sign in for the first time in many places at once', async () => {
    const { username, password, hash } = someone!;
    await importUsers(service, [{ username, password_hash: hash }]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => service.api.login({ username, password })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const renewed = await hashOf(username);
    expect(renewed).toMatch(/^\$argon2id\$/);
    await service.api.login({ username, password }).expect(200);
    expect(await hashOf(username)).toBe(renewed);
  });

  it('can use the password with accents of any keyboard once the first sign-in has taken it as it was typed', async () => {
    const { username, password, hash } = users.find(({ from }) => from === 'bcrypt of decomposed accents')!;
    await importUsers(service, [{ username, password_hash: hash }]);
    await service.api.login({ username, password: password.normalize('NFC') }).expect(401);
    await service.api.login({ username, password }).expect(200);
    await service.api.login({ username, password: password.normalize('NFC') }).expect(200);
  });

  it('needs the whole of a password after the first sign-in, where bcrypt had cut it at 72 bytes', async () => {
    const { username, password, hash } = users.find(({ from }) => from === 'bcrypt of 84 bytes')!;
    await importUsers(service, [{ username, password_hash: hash }]);
    await service.api.login({ username, password }).expect(200);
    await service.api.login({ username, password: password.slice(0, 72) }).expect(401);
  });

  it('changes the password with the old one as anybody does', async () => {
    const { username, password, hash } = someone!;
    await importUsers(service, [{ username, password_hash: hash }]);
    const { access_token } = await service.api.signIn({ username, password });
    const change = { current_password: password, new_password: 'an entirely different phrase' };
    await service.api.post('/users/me/password', change, access_token).expect(204);
    await service.api.login({ username, password }).expect(401);
    await service.api.login({ username, password: change.new_password }).expect(200);
  });

  it.each(['', 'secret', '$2b$05$short', '$argon2id$v=19$m=8,t=1,p=1$', 'scrypt:1:1:1$a$b', '$fbscrypt$'])(
    'is refused as with a wrong password where the stored text %j is no hash',
    async (hash) => {
      await importUsers(service, [{ username: 'ada', password: 'secret' }]);
      await service.query('UPDATE users SET password_hash = ?', [hash]);
      const answer = await service.api.login({ username: 'ada', password: 'secret' });
      expect(refusal(answer)).toEqual({ status: 401, error: 'invalid_credentials' });
    },
  );
});

describe('the hashes of other systems', () => {
  it('wait in the same bounded queue as those of this one', async () => {
    const service = await TestApp.start({ settings: { PASSWORD_HASH_QUEUE: '1' } });
    const { password, hash } = foreignHashes.find(({ from }) => from === 'Django pbkdf2_sha256')!;
    await importUsers(service, [{ username: 'ada', password_hash: hash }]);
    const wrong = { username: 'ada', password: `${password}!` };
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.api.login(wrong)));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(20 - busy.length);
    await service.stop();
  });
});
