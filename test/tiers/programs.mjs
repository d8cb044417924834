import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const PYTHON = '/usr/bin/python3';
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/**
 * Returns the folder of PostgreSQL's server programs, or undefined where none is installed.
 * @param {string} path the folders to search, separated as in `PATH`
 * @param {string} versions a folder with one folder per installed version, as Debian has it; the newest wins
 */
export function findPostgresFolder(path = process.env.PATH ?? '', versions = DEBIAN_POSTGRES) {
  const installed = existsSync(versions) ? readdirSync(versions) : [];
  const newestFirst = installed.sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  const folders = [...path.split(delimiter), ...newestFirst.map((version) => join(versions, version, 'bin'))];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
}

/** @param {string} name @param {string[]} places folders that are searched after those of `PATH` */
function findOnPath(name, ...places) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...places];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** @param {string} file */
const findFile = (file) => (existsSync(file) ? file : undefined);

/** @param {string[]} modules */
function findPythonWith(...modules) {
  const script = 'import sys, importlib.util as u; sys.exit(not all(map(u.find_spec, sys.argv[1:])))';
  return spawnSync(PYTHON, ['-c', script, ...modules]).status === 0 ? PYTHON : undefined;
}

/**
 * The programs that tests start, with the Debian packages that contain them. `npm test` needs none of them.
 * @type {Record<string, { find: () => string | undefined, packages: readonly string[] }>}
 */
export const programs = {
  Chromium: {
    find: () => findFile(process.env.CHROMIUM ?? '/usr/bin/chromium'),
    packages: ['chromium'],
  },
  curl: { find: () => findOnPath('curl'), packages: ['curl'] },
  git: { find: () => findOnPath('git'), packages: ['git'] },
  nginx: { find: () => findOnPath('nginx', '/usr/sbin'), packages: ['nginx-light'] },
  PostgreSQL: { find: () => findPostgresFolder(), packages: ['postgresql'] },
  ps: { find: () => findOnPath('ps'), packages: ['procps'] },
  'Python with FastAPI and Flask': {
    find: () => findPythonWith('cryptography', 'fastapi', 'flask', 'jose', 'jwt', 'uvicorn'),
    packages: [
      'python3',
      'python3-cryptography',
      'python3-fastapi',
      'python3-flask',
      'python3-jose',
      'python3-jwt',
      'python3-uvicorn',
    ],
  },
  'Python with Django': {
    find: () => findPythonWith('django', 'argon2', 'bcrypt'),
    packages: ['python3', 'python3-argon2', 'python3-bcrypt', 'python3-django'],
  },
  Redis: { find: () => findOnPath('redis-server'), packages: ['redis-server'] },
  sqlite3: { find: () => findOnPath('sqlite3'), packages: ['sqlite3'] },
};

/**
 * Returns where a program is installed.
 * @param {string} name one of `programs`
 * @returns {string}
 * @throws Error that says how to install it
 */
export function requireProgram(name) {
  const found = programs[name].find();
  if (found === undefined) throw new Error(missingMessage([name]));
  return found;
}

/**
 * Says in one line which programs are missing and how to install them.
 * @param {readonly string[]} names
 */
export function missingMessage(names) {
  const packages = [...new Set(names.flatMap((name) => programs[name].packages))];
  return `${names.join(', ')} not installed. On Debian: sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}
