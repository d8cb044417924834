import { execSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

/** Runs `npm run build`, unless `dist` is newer than every file that it is made from. */
const configuration = [
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((path) => `src/${path}`);

/** @param {string} path */
const modifiedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

if (modifiedAt('dist/main.js') < Math.max(...[...configuration, ...sources].map(modifiedAt)))
  execSync('npm run --silent build', { stdio: 'inherit' });
