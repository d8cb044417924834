import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DjangoProject } from '../support/django-project.js';
import { codeBlock } from '../support/documents.js';
import { broughtOver, Mover } from '../support/mover.js';

const DOCUMENT = 'docs/migration.md';
const password = 'correct horse battery staple';
const hashers = ['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'bcrypt'];

describe('who moves the users of Django over as docs/migration.md says', () => {
  let mover: Mover;

  const lines = () =>
    readFileSync(join(mover.folder, 'users.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
  const exportUsers = async () => {
    mover.write('export_django.py', codeBlock(DOCUMENT, 'export_django.py'));
    expect(await mover.succeed(DOCUMENT, 'python3 manage.py shell')).toBe('');
  };
  const importUsers = () => mover.run(DOCUMENT, 'npm run -s gatehouse -- user import');
  const me = async (username: string) => {
    const { access_token } = await mover.service.api.signIn({ username, password });
    return (await mover.service.api.get('/users/me', access_token)).body as Record<string, unknown>;
  };

  beforeEach(async () => {
    mover = await Mover.start();
  });
  afterEach(() => mover.stop());

  it('brings them with their passwords and roles, and keeps out whom Django keeps out', async () => {
    const project = await DjangoProject.make(mover.folder, 'USE_TZ = True');
    await project.run(
      `password = "${password}"`,
      'joined = datetime(2019, 12, 10, 8, tzinfo=timezone.utc)',
      'User.objects.create_user("ada", "ada@EXAMPLE.org", password, date_joined=joined)',
      'User.objects.create_superuser("root", None, password)',
      'User.objects.create_user("linus", None, password, is_active=False)',
      'User.objects.create_user("google-user", "google@example.org")',
      `for hasher in ${JSON.stringify(hashers)}:`,
      '    User.objects.create(username=hasher, password=make_password(password, hasher=hasher))',
      '',
    );
    await exportUsers();
    const hashes = lines().map((line) => line['password_hash']);
    for (const hasher of hashers)
      expect(hashes).toContainEqual(expect.stringMatching(new RegExp(`^${hasher}\\$`)));
    expect(await importUsers()).toEqual({ code: 0, stdout: broughtOver(9), stderr: '' });

    const { api } = mover.service;
    for (const username of ['ada', 'root', 'google-user', ...hashers])
      await api.login({ username, password: 'not the password' }).expect(401);
    for (const username of hashers) expect(await me(username)).toMatchObject({ username, email: null });
    expect(await me('ada')).toMatchObject({
      email: 'ada@example.org',
      roles: ['user'],
      created_at: '2019-12-10T08:00:00.000Z',
    });
    expect(await me('root')).toMatchObject({ roles: ['user', 'admin'] });
    await api.login({ username: 'linus', password }).expect(403);
    await api.login({ username: 'google-user', password }).expect(401);

    const again = await importUsers();
    expect(again.stdout).toContain('9 lines: 0 imported, 9 there already, 0 refused.');
    expect(await me('ada')).toMatchObject({ email: 'ada@example.org' });
  });

  it('names the usernames that Django alone takes', async () => {
    const project = await DjangoProject.make(mover.folder);
    await project.run(
      'for name in ("ada", "Ada", "grace@example.org"):',
      `    User.objects.create_user(name, None, "${password}")`,
      '',
    );
    await exportUsers();
    const dry = await importUsers();
    const told = '3 lines: 1 would be imported, 0 there already, 2 refused.\n';
    expect(dry).toMatchObject({ code: 1, stdout: told });
    expect(dry.stderr).toContain('line 2: username is that of line 1, too\n');
    expect(dry.stderr).toContain('line 3: username must be 3 to 64 of the characters');
  });

  it('exports when they joined as the moment that it was, where Django keeps times of its own zone', async () => {
    const project = await DjangoProject.make(mover.folder, 'USE_TZ = False', 'TIME_ZONE = "Europe/Berlin"');
    await project.run('User.objects.create_user("ada", date_joined=datetime(2019, 12, 10, 9))');
    await exportUsers();
    expect(lines()).toEqual([expect.objectContaining({ created_at: '2019-12-10T09:00:00+01:00' })]);
  });
});
