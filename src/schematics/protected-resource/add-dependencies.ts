import type { Rule } from '@angular-devkit/schematics';
import { readFileSync } from 'node:fs';

interface Manifest {
  dependencies?: Record<string, string>;
}

const ours = new URL('../../../package.json', import.meta.url);

/** Names packages in the package.json of the project, in the versions that the service has, but for those it names. */
export function addDependencies(names: readonly string[]): Rule {
  return (tree, { logger }) => {
    const manifest = tree.readJson('package.json') as unknown as Manifest;
    const known = manifest.dependencies ?? {};
    const { dependencies = {} } = JSON.parse(readFileSync(ours, 'utf8')) as Manifest;
    const missing = names.filter((name) => !(name in known));
    if (missing.length === 0) return;
    const added = missing.map((name) => [name, dependencies[name] ?? '*'] as const);
    manifest.dependencies = Object.fromEntries(
      [...Object.entries(known), ...added].sort(([one], [other]) => one.localeCompare(other)),
    );
    tree.overwrite('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
    logger.info(`package.json names ${missing.join(', ')} now: run npm install`);
  };
}
