import { rmSync } from 'node:fs';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { runCommand, ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';
import { claimsOf, headerOf } from '../support/tokens.js';
import { until } from '../support/until.js';

describe('the command line', () => {
  let folder: string;
  const gatehouse = (args: string, input = '') => runCommand(folder, args.split(' '), input);

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes the first admin before the service was ever started, and lists users without their hashes', async () => {
    const created = await gatehouse(
      'user create grace --email grace@example.org --role admin',
      `${grace.password}\n`,
    );
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(created.stdout).toMatch(/^Created grace \([0-9a-f-]{36}\) with the roles user, admin\.\n$/);

    const listed = await gatehouse('user list');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      username: 'grace',
      roles: ['user', 'admin'],
      disabled: false,
    });
    expect(listed.stdout).not.toContain('argon2');

    const service = await ServiceProcess.start(folder);
    const { access_token } = await service.api.signIn(grace);
    expect(claimsOf(access_token)['roles']).toEqual(['user', 'admin']);
    await service.stop();
  });

  it('keeps a user out of the running service, and lets them in again', async () => {
    const service = await ServiceProcess.start(folder);
    const { access_token, refresh_token } = await service.api.signUp(ada);
    expect(await gatehouse('user disable ADA')).toMatchObject({
      code: 0,
      stdout: 'Disabled ADA: 1 session(s) ended.\n',
    });

    expect(refusal(await service.api.login(ada))).toEqual({ status: 403, error: 'account_disabled' });
    expect((await service.api.refresh(refresh_token)).body).toMatchObject({ reason: 'account_disabled' });
    expect((await service.api.get('/protected', access_token)).body).toMatchObject({
      reason: 'account_disabled',
    });

    expect(await gatehouse('user enable ada')).toMatchObject({ code: 0, stdout: 'Enabled ada.\n' });
    await service.api.signIn(ada);
    await service.stop();
  });

  it('deletes a user of the running service, and no last admin', async () => {
    const service = await ServiceProcess.start(folder);
    const { access_token, refresh_token } = await service.api.signUp(ada);
    expect(await gatehouse('user delete ada')).toMatchObject({
      code: 0,
      stdout: 'Deleted ada: 1 session(s) ended.\n',
    });
    expect((await service.api.refresh(refresh_token)).body).toMatchObject({ reason: 'account_deleted' });
    await until(async () => (await service.api.get('/protected', access_token)).status === 401);
    expect((await service.api.get('/protected', access_token)).body).toMatchObject({
      reason: 'account_deleted',
    });
    // Nobody is called so before the last token with that name has expired.
    expect(refusal(await service.api.register(ada))).toEqual({ status: 409, error: 'user_exists' });

    await gatehouse('user create grace --role admin', grace.password);
    for (const command of ['delete', 'disable'])
      expect(await gatehouse(`user ${command} grace`)).toMatchObject({
        code: 1,
        stderr: 'The last enabled administrator must stay one\n',
      });
    await service.api.signIn(grace);
    await service.stop();
  });

  it('sets a password that is read from standard input, and ends the sessions of the old one', async () => {
    const service = await ServiceProcess.start(folder);
    const { refresh_token } = await service.api.signUp(ada);
    const changed = await gatehouse('user password ada', 'an entirely different phrase\n');
    expect(changed).toMatchObject({ code: 0, stdout: 'Set the password of ada: 1 session(s) ended.\n' });
    await service.api.login(ada).expect(401);
    await service.api.signIn({ ...ada, password: 'an entirely different phrase' });
    expect((await service.api.refresh(refresh_token)).body).toMatchObject({ reason: 'admin' });
    await service.stop();
  });

  it.each([
    ['a common password', 'user create ada', 'password123\n', 'password is a common password'],
    ['no password', 'user create ada', '', 'Give the password on standard input.'],
    ['a bad username', 'user create a!', 'correct horse battery staple\n', 'username must be 3 to 64'],
    [
      'an unknown role',
      'user create ada --role king',
      'correct horse battery staple\n',
      'Allowed choices are',
    ],
    ['an unknown user', 'user disable nobody', '', 'There is no user nobody.'],
    ['an unknown command', 'user promote ada', '', "unknown command 'promote'"],
  ])('refuses %s with words and exit code 1', async (_, args, input, words) => {
    const result = await gatehouse(args, input);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(words);
    expect(result.stderr).not.toContain('    at ');
  });

  it('takes a name that begins with a hyphen after --, and says so where that is missing', async () => {
    const refused = await gatehouse('user create -ada', ada.password);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "unknown option '-ada'\nIf it is a name or a key id, put it last with --",
    );
    expect(await gatehouse('user create -- -ada', ada.password)).toMatchObject({ code: 0, stderr: '' });
    expect(await gatehouse('user disable -- -ada')).toMatchObject({ code: 0, stderr: '' });
  });

  it('refuses a name that is taken', async () => {
    await gatehouse('user create ada', ada.password);
    const again = await gatehouse('user create Ada', ada.password);
    expect(again).toMatchObject({ code: 1, stderr: 'The username or the email address is taken\n' });
  });

  it('rotates the signing keys of a running service, which refuses no token by it', async () => {
    const service = await ServiceProcess.start(folder);
    const { access_token, refresh_token } = await service.api.signUp(ada);
    const listed = await gatehouse('key list');
    expect(listed.stdout).not.toMatch(/"(d|jwk)"/);
    const [current, next] = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kid: string; stage: string });
    expect(current).toMatchObject({ stage: 'current', kid: headerOf(access_token).kid });

    const early = await gatehouse('key rotate');
    expect(early).toMatchObject({ code: 1, stdout: '' });
    expect(early.stderr).toContain('Wait until then, or use --force.');
    const rotated = await gatehouse('key rotate --force');
    expect(rotated.stdout).toContain(`${String(next?.kid)} signs the tokens now`);
    expect(rotated.stdout).toContain(`${String(current?.kid)} still verifies, and is needed until`);

    await until(async () => headerOf((await service.api.signIn(ada)).access_token).kid === next?.kid);
    await service.api.get('/protected', access_token).expect(200);
    await service.api.renew(refresh_token);

    const needed = await gatehouse(`key retire -- ${String(current?.kid)}`);
    expect(needed).toMatchObject({ code: 1, stdout: '' });
    expect(needed.stderr).toContain(`${String(current?.kid)} is needed until`);
    const retired = await gatehouse(`key retire --force -- ${String(current?.kid)}`);
    expect(retired.stdout).toContain(`Retired ${String(current?.kid)}. 2 key(s) are left`);
    await until(async () => (await service.api.get('/protected', access_token)).status === 401);
    await service.stop();
  });
});
