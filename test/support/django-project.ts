import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finish, startProcess } from './child-process.js';

const manage = `import os, sys
from django.core.management import execute_from_command_line

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
`;

const settings = `SECRET_KEY = "of a test"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers." + name
    for name in (
        "PBKDF2PasswordHasher",
        "PBKDF2SHA1PasswordHasher",
        "Argon2PasswordHasher",
        "BCryptSHA256PasswordHasher",
        "BCryptPasswordHasher",
    )
]
`;

/** A project with Django's own users and nothing else, on SQLite. */
export class DjangoProject {
  private constructor(private readonly folder: string) {}

  static async make(folder: string, ...furtherSettings: string[]): Promise<DjangoProject> {
    writeFileSync(join(folder, 'manage.py'), manage);
    writeFileSync(join(folder, 'settings.py'), [settings, ...furtherSettings].join('\n'));
    const project = new DjangoProject(folder);
    await project.manage(['migrate', '--verbosity', '0']);
    return project;
  }

  /** Runs lines of Python that know `User`, and `make_password`. */
  async run(...lines: string[]): Promise<void> {
    const imports = [
      'from datetime import datetime, timezone',
      'from django.contrib.auth.hashers import make_password',
      'from django.contrib.auth.models import User',
    ];
    await this.manage(['shell'], [...imports, ...lines].join('\n'));
  }

  private async manage(args: string[], input = ''): Promise<void> {
    const child = startProcess('/usr/bin/python3', ['manage.py', ...args], this.folder, {});
    const { code, stderr } = await finish(child, input);
    if (code !== 0) throw new Error(stderr);
  }
}
