import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const source = 'src';

/** Who may import whom. The platform knows no feature; of the features, only auth knows the others. */
const platform = [
  'access',
  'ambient',
  'audit',
  'config',
  'database',
  'docs',
  'errors',
  'extensions',
  'http',
  'instances',
  'logging',
  'mail',
  'telemetry',
  'time',
];
const mayImport: Record<string, string[]> = {
  'account-page': ['auth', 'tokens', 'users', ...platform],
  auth: ['users', 'tokens', ...platform],
  users: platform,
  tokens: platform,
  embedding: ['auth', ...platform],
  health: platform,
  // For other services, which have nothing of this one but what it publishes.
  'resource-server': ['access', 'time'],
  metrics: ['tokens', 'users', ...platform],
  cli: ['auth', 'tokens', 'users', ...platform],
  access: ['ambient'],
  ambient: [],
  telemetry: [],
  testing: ['auth', 'embedding', 'tokens', ...platform],
  time: [],
  config: [],
  logging: ['access'],
  docs: ['errors'],
  database: ['ambient', 'config'],
  errors: ['http'],
  extensions: ['access', 'mail'],
  http: ['access', 'errors'],
  audit: ['access', 'database', 'docs', 'errors', 'http', 'telemetry', 'time'],
  instances: ['config', 'database', 'time'],
  mail: ['config', 'database', 'extensions', 'telemetry', 'time'],
  schematics: ['time'],
};

/** Files that put the house together, and so know more of it than their folder. */
const composition = ['database/entities.ts', 'embedding/gatehouse.ts'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .sort();
const textOf = (file: string) => readFileSync(join(source, file), 'utf8');
const importsOf = (file: string) =>
  [...textOf(file).matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, path]) =>
    relative(source, join(source, dirname(file), path!)),
  );
const roomOf = (file: string) => (file.includes('/') ? file.split('/')[0]! : '');

describe('the architecture', () => {
  it.each(Object.keys(mayImport))('lets %s import only what it may know', (room) => {
    const strangers = files
      .filter((file) => roomOf(file) === room && !composition.includes(file))
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ target }) => roomOf(target) !== room && !mayImport[room]!.includes(roomOf(target)));
    expect(strangers).toEqual([]);
  });

  it('has a place in this list for every folder', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => room !== '').sort()).toEqual(
      Object.keys(mayImport).sort(),
    );
  });

  it('lets the resource server be taken out, with few packages and without a database', () => {
    const taken = files.filter((file) =>
      ['resource-server', 'access', 'ambient', 'time'].includes(roomOf(file)),
    );
    const packages = taken.flatMap((file) =>
      [...textOf(file).matchAll(/^import (?!type).*?from '([^.'][^']*)'/gms)].map(([, name]) => name!),
    );
    expect([...new Set(packages)].filter((name) => !name.startsWith('node:')).sort()).toEqual([
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/swagger',
      'jose',
    ]);
  });

  it('has no barrels and no drawers', () => {
    const unnamed = files.filter((file) =>
      /(^|\/)(index|utils?|helpers?|common|constants)(\.ts|\/)/.test(file),
    );
    expect(unnamed).toEqual([]);
  });

  it('reads the environment in one file', () => {
    const readers = files.filter((file) => textOf(file).includes('process.env'));
    expect(readers).toEqual(['config/settings.ts']);
  });

  it('keeps files short enough to read at once', () => {
    const long = files.filter((file) => textOf(file).split('\n').length > 200);
    expect(long).toEqual([]);
  });

  it('writes to the database through the unit of work alone', () => {
    const writers = files.filter((file) =>
      /(users|rows|repository|dataSource\.manager)\.(save|insert|update|delete|remove)\(/.test(textOf(file)),
    );
    expect(writers).toEqual([]);
  });

  it('asks the clock for the time, never the machine', () => {
    const askers = files.filter((file) => /new Date\(\)|Date\.now\(\)/.test(textOf(file)));
    expect(askers).toEqual(['time/clock.ts']);
  });
});
